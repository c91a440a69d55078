//! Task 6: list the members of the Home, switch to each, and add a managed user.

use plex_tv_sandbox::{HOME_PIN, Sandbox};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = plex_tv_sdk::Client::for_tests(sandbox.url(), sandbox.token())?;

    for member in client.home_users().await? {
        let theirs = client.switch_home_user(&member, member.needs_pin().then_some(HOME_PIN)).await?;
        assert_eq!(theirs.account().await?.name(), member.name());
    }
    assert_eq!(client.create_managed_user("New Kid").send().await?.name(), "New Kid");
    Ok(())
}
