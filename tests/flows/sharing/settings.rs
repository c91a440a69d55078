//! Changes to what a person may do and to what is hidden from them.

use plex_tv_sandbox::{FRIEND_EMAIL, Fault};
use plex_tv_sdk::{Filter, Libraries, Media, Share, Tuners};
use serde_json::{Value, json};

use super::{changes, sent, server, shared};

async fn filtered(filter: Filter) -> (plex_tv_sandbox::Sandbox, Share) {
    let (sandbox, server) = server().await;
    let call = server.share_with(FRIEND_EMAIL, Libraries::All).allow_sync(true).movies(filter);
    let share = call.send().await.unwrap();
    (sandbox, share)
}

fn stored(sandbox: &plex_tv_sandbox::Sandbox) -> Value {
    sent(sandbox, "updateSharingSettings").pop().unwrap().body["settings"].clone()
}

#[tokio::test]
async fn settings_that_are_not_named_stay_as_they_are() {
    let (sandbox, share) = filtered(Filter::ratings(["G"])).await;

    let share =
        share.change_settings().television(Filter::labels(["Kids"])).allow_tuners(Tuners::Watch).send().await.unwrap();

    assert_eq!(share.filter(Media::Movies), Filter::ratings(["G"]));
    assert_eq!(share.filter(Media::Television), Filter::labels(["Kids"]));
    let stored = stored(&sandbox);
    assert_eq!((&stored["filterMovies"], &stored["allowSync"]), (&json!("contentRating=G"), &json!(true)));
    assert_eq!((&stored["filterTelevision"], &stored["allowTuners"]), (&json!("label=Kids"), &json!(1)));
    let request = sent(&sandbox, "updateSharingSettings").pop().unwrap();
    assert_eq!(request.parameter("invitedId"), Some("7654321"));
    assert_eq!(sent(&sandbox, "updateSharedServer").len(), 0);

    let share = share.change_settings().movies(Filter::none()).send().await.unwrap();
    assert_eq!(share.filter(Media::Movies), Filter::none());
    assert_eq!(share.filter(Media::Television), Filter::labels(["Kids"]));
}

#[tokio::test]
async fn somebody_without_an_account_is_identified_by_their_email_address() {
    let (sandbox, server) = server().await;
    let share = server.share_with("new@example.com", Libraries::All).send().await.unwrap();

    share.change_settings().allow_sync(true).send().await.unwrap();

    let request = sent(&sandbox, "updateSharingSettings").pop().unwrap();
    assert_eq!((request.parameter("invitedEmail"), request.parameter("invitedId")), (Some("new@example.com"), None));
}

#[tokio::test]
async fn single_labels_can_be_added_and_removed() {
    let (sandbox, share) = filtered(Filter::ratings(["G"]).and_labels(["Kids"])).await;

    let share = share.add_label(Media::Movies, "Family").await.unwrap();
    assert_eq!(share.filter(Media::Movies), Filter::ratings(["G"]).and_labels(["Kids", "Family"]));
    let share = share.remove_label(Media::Movies, "Kids").await.unwrap();
    let share = share.hide_label(Media::Movies, "Private").await.unwrap();
    assert_eq!(share.filter(Media::Movies), Filter::ratings(["G"]).and_labels(["Family"]).without_labels(["Private"]));
    let share = share.unhide_label(Media::Movies, "Private").await.unwrap();

    assert_eq!(share.filter(Media::Movies), Filter::ratings(["G"]).and_labels(["Family"]));
    assert_eq!(stored(&sandbox)["filterMovies"], "contentRating=G|label=Family");
    assert_eq!(stored(&sandbox)["allowSync"], true);
}

#[tokio::test]
async fn a_label_change_without_effect_is_not_sent() {
    let (sandbox, share) = filtered(Filter::labels(["Kids"]).without_labels(["Private"])).await;
    let before = changes(&sandbox);

    share.add_label(Media::Movies, "Kids").await.unwrap();
    share.remove_label(Media::Movies, "Family").await.unwrap();
    share.hide_label(Media::Movies, "Private").await.unwrap();
    share.unhide_label(Media::Television, "Private").await.unwrap();

    assert_eq!(changes(&sandbox), before);
}

#[tokio::test]
async fn the_last_label_is_not_removed_by_mistake() {
    let (sandbox, share) = filtered(Filter::labels(["Kids"])).await;
    let before = changes(&sandbox);

    let error = share.remove_label(Media::Movies, "Kids").await.unwrap_err();

    assert!(error.is_invalid_input() && error.to_string().contains("change_settings"), "{error}");
    assert_eq!(changes(&sandbox), before);
    let share = share.change_settings().movies(Filter::none()).send().await.unwrap();
    assert!(share.filter(Media::Movies).is_none());
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let (sandbox, _, share) = shared().await;
    let before = sandbox.requests().len();

    let errors = [
        share.change_settings().send().await.unwrap_err(),
        share.change_settings().movies(Filter::ratings([""; 0])).send().await.unwrap_err(),
        share.change_settings().allow_sync(true).music(Filter::ratings(["G"])).send().await.unwrap_err(),
        share.add_label(Media::Movies, "").await.unwrap_err(),
        share.add_label(Media::Movies, "a,b").await.unwrap_err(),
        share.remove_label(Media::Movies, " ").await.unwrap_err(),
        share.hide_label(Media::Movies, "a\nb").await.unwrap_err(),
        share.unhide_label(Media::Movies, "").await.unwrap_err(),
    ];

    assert!(errors.iter().all(plex_tv_sdk::Error::is_invalid_input), "{errors:?}");
    assert_eq!(sandbox.requests().len(), before);
}

#[tokio::test]
async fn a_failure_of_either_call_is_reported() {
    let (sandbox, _, share) = shared().await;
    let before = changes(&sandbox);

    sandbox.next("getSharingSettings", Fault::Status(503)).unwrap();
    assert!(share.add_label(Media::Movies, "Kids").await.unwrap_err().is_retryable());
    assert_eq!(changes(&sandbox), before);
    sandbox.next("updateSharingSettings", Fault::Code { status: 403, code: 1009 }).unwrap();
    assert!(share.change_settings().allow_sync(true).send().await.unwrap_err().is_forbidden());
}
