//! Creating, changing and removing managed users.

use plex_tv_sandbox::{Account, EMAIL, Fault, HOME_PIN_USER, Sandbox};
use plex_tv_sdk::{Client, HomeMember, Libraries, Tuners, v2::types::RestrictionProfile};

use crate::sharing::{client_of, sent};

async fn admin() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox, sandbox.token());
    (sandbox, client)
}

async fn member(client: &Client, name: &str) -> HomeMember {
    let members = client.home_users().await.unwrap();
    members.into_iter().find(|member| member.name() == name).unwrap()
}

#[tokio::test]
async fn a_managed_user_is_created_used_changed_and_removed() {
    let (sandbox, client) = admin().await;

    let kid = client
        .create_managed_user(" Little One ")
        .restriction_profile(RestrictionProfile::OlderKid)
        .allow_sync(true)
        .allow_tuners(Tuners::Watch)
        .send()
        .await
        .unwrap();

    assert_eq!((kid.name(), kid.is_managed(), kid.needs_pin()), ("Little One", true, false));
    assert_eq!(kid.restriction_profile(), Some(&RestrictionProfile::OlderKid));
    let request = sent(&sandbox, "createManagedUser").remove(0);
    assert_eq!(request.parameter("sharingSettings[allowSync]"), Some("1"));
    assert_eq!(request.parameter("sharingSettings[allowTuners]"), Some("1"));
    let server = client.servers().await.unwrap().into_iter().find(plex_tv_sdk::Server::is_owned).unwrap();
    server.share_with(&kid, Libraries::titled(["Movies"])).send().await.unwrap();
    assert_eq!(client.switch_home_user(&kid, None).await.unwrap().servers().await.unwrap().len(), 1);

    client.update_managed_user(&kid).name("Bigger One").pin("1357").send().await.unwrap();
    client.set_restriction_profile(&kid, RestrictionProfile::Teen).await.unwrap();
    let kid = member(&client, "Bigger One").await;
    assert!(kid.needs_pin());
    assert_eq!(kid.restriction_profile(), Some(&RestrictionProfile::Teen));
    assert!(client.switch_home_user(&kid, None).await.unwrap_err().is_home_pin_required());
    client.switch_home_user(&kid, Some("1357")).await.unwrap();

    client.update_managed_user(&kid).remove_pin().send().await.unwrap();
    client.set_restriction_profile(&kid, None).await.unwrap();
    let kid = member(&client, "Bigger One").await;
    assert!(!kid.needs_pin() && kid.restriction_profile().is_none());

    client.remove_home_user(&kid).await.unwrap();
    client.remove_home_user(&kid).await.unwrap();
    assert_eq!(client.home_users().await.unwrap().len(), 3);
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let (sandbox, client) = admin().await;
    let (parent, kid) = (member(&client, "Example User").await, member(&client, "Kid").await);
    let before = sandbox.requests().len();

    let errors = [
        client.create_managed_user("").send().await.unwrap_err(),
        client.create_managed_user(" \t").send().await.unwrap_err(),
        client.create_managed_user("Kid\u{0}").send().await.unwrap_err(),
        client.update_managed_user(&kid).send().await.unwrap_err(),
        client.update_managed_user(&kid).name(" ").send().await.unwrap_err(),
        client.update_managed_user(&kid).name("").pin("1357").send().await.unwrap_err(),
        client.update_managed_user(&kid).pin("").send().await.unwrap_err(),
        client.update_managed_user(&kid).pin("123").send().await.unwrap_err(),
        client.update_managed_user(&kid).pin("12345").send().await.unwrap_err(),
        client.update_managed_user(&kid).name("Teen").pin("12a4").send().await.unwrap_err(),
        client.update_managed_user(&kid).pin("١٢٣٤").send().await.unwrap_err(),
        client.update_managed_user(&parent).name("Me").send().await.unwrap_err(),
        client.set_restriction_profile(&parent, RestrictionProfile::Teen).await.unwrap_err(),
        client.remove_home_user(&parent).await.unwrap_err(),
    ];

    assert!(errors.iter().all(plex_tv_sdk::Error::is_invalid_input), "{errors:?}");
    assert!(errors.iter().all(|error| !format!("{error:?}").contains("12a4")), "{errors:?}");
    assert_eq!(sandbox.requests().len(), before);
}

#[tokio::test]
async fn without_a_plex_pass_no_user_is_created() {
    let sandbox = Sandbox::builder().account(Account::new("poor@example.com")).start().await.unwrap();
    let client = client_of(&sandbox, &sandbox.token_of("poor@example.com").unwrap());

    let error = client.create_managed_user("Kid").send().await.unwrap_err();

    assert!(error.is_plex_pass_required(), "{error}");
}

#[tokio::test]
async fn a_member_who_does_not_administer_the_home_is_refused() {
    let (sandbox, client) = admin().await;
    let (kid, teen) = (member(&client, "Kid").await, member(&client, "Teen").await);
    let by_kid = client.switch_home_user(&kid, None).await.unwrap();

    assert!(by_kid.create_managed_user("Friend").send().await.unwrap_err().is_forbidden());
    assert!(by_kid.update_managed_user(&teen).name("Old").send().await.unwrap_err().is_forbidden());
    assert!(by_kid.set_restriction_profile(&teen, None).await.unwrap_err().is_forbidden());
    assert!(by_kid.remove_home_user(&teen).await.unwrap_err().is_forbidden());
    sandbox.next("removeHomeUser", Fault::Status(503)).unwrap();
    assert!(client.remove_home_user(&teen).await.unwrap_err().is_retryable());
    assert!(sandbox.token_of(EMAIL).is_some());
}

#[tokio::test]
async fn a_removed_user_cannot_be_changed() {
    let (_sandbox, client) = admin().await;
    let teen = member(&client, "Teen").await;
    assert_eq!(teen.uuid(), Some(HOME_PIN_USER));
    client.remove_home_user(&teen).await.unwrap();

    assert!(client.update_managed_user(&teen).name("Old").send().await.unwrap_err().is_not_found());
    assert!(client.set_restriction_profile(&teen, None).await.unwrap_err().is_not_found());
    assert!(client.switch_home_user(&teen, Some("2468")).await.unwrap_err().is_not_found());
}
