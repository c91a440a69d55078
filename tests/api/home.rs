use plex_tv_sdk::{plex_tv::types::RestrictionProfile, prelude::*};
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn the_home_comes_with_its_members() {
    let home = success("getHomeData", 200)
        .sends("GET /home", NO_BODY)
        .call(async |api| api.get_home_data().send().await)
        .await;

    assert_eq!((home.id, home.guest_user_id), (1841489, Some(58815432)));
    let kid = &home.users[0];
    assert_eq!(kid.title.as_deref(), Some("Kid"));
    assert_eq!((&kid.username, &kid.email), (&None, &None));
    let profile = kid.restriction_profile.as_ref();
    assert_eq!(profile, Some(&RestrictionProfile::LittleKid));
    assert_eq!(kid.pin.as_ref().unwrap().expose(), "EXAMPLE-PIN-HASH");
}

#[tokio::test]
async fn an_account_without_a_home_gets_not_found() {
    let error = failure("getHomeData", 404, 1002)
        .sends("GET /home", NO_BODY)
        .call(async |api| api.get_home_data().send().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}
