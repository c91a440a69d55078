//! Invites from both sides, and the people with whom something is shared.

use plex_tv_sandbox::{FRIEND_EMAIL, Fault};
use plex_tv_sdk::{Invitee, Libraries};

use super::{client_of, friend, sent, shared};

#[tokio::test]
async fn an_invite_is_listed_on_both_sides_and_accepted() {
    let (sandbox, server, share) = shared().await;
    let client = client_of(&sandbox, sandbox.token());

    let sent = client.sent_invites().await.unwrap();
    let received = friend(&sandbox).received_invites().await.unwrap();

    assert_eq!(sent.iter().map(plex_tv_sdk::Share::id).collect::<Vec<_>>(), [share.id()]);
    let [invite] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!((invite.owner_name(), invite.server_name()), ("Example User", "Living Room Server"));
    assert_eq!(invite.libraries()[0].title.as_deref(), Some("Movies"));
    assert!(invite.is_pending() && invite.id() == share.id());

    invite.accept().await.unwrap();

    assert!(invite.accept().await.unwrap_err().is_not_found());
    assert_eq!(client.sent_invites().await.unwrap().len(), 0);
    assert_eq!(friend(&sandbox).received_invites().await.unwrap().len(), 0);
    let accepted = friend(&sandbox).received_shares().await.unwrap();
    assert!(!accepted[0].is_pending() && accepted[0].owner_name() == "Example User");
    let shares = server.shares().await.unwrap();
    assert!(shares.iter().any(|listed| listed.id() == share.id() && !listed.is_pending()));
    assert_eq!(client.shares().await.unwrap().iter().filter(|listed| listed.is_pending()).count(), 0);
}

#[tokio::test]
async fn an_invite_is_declined_or_cancelled_and_a_share_is_left() {
    let (sandbox, server, share) = shared().await;
    let invite = friend(&sandbox).received_invites().await.unwrap().remove(0);

    invite.decline().await.unwrap();
    invite.decline().await.unwrap();
    share.revoke().await.unwrap();

    let again = server.share_with(FRIEND_EMAIL, Libraries::All).send().await.unwrap();
    client_of(&sandbox, sandbox.token()).sent_invites().await.unwrap()[0].revoke().await.unwrap();
    assert_eq!(friend(&sandbox).received_invites().await.unwrap().len(), 0);
    again.revoke().await.unwrap();

    server.share_with(FRIEND_EMAIL, Libraries::All).send().await.unwrap();
    friend(&sandbox).received_invites().await.unwrap()[0].accept().await.unwrap();
    friend(&sandbox).received_shares().await.unwrap()[0].decline().await.unwrap();
    assert!(server.shares().await.unwrap().iter().all(|share| share.person_name() != "examplefriend"));
}

#[tokio::test]
async fn failures_of_invite_calls_are_reported() {
    let (sandbox, _, _) = shared().await;
    let invite = friend(&sandbox).received_invites().await.unwrap().remove(0);
    for (operation, fault) in [("acceptSharedServer", Fault::Status(503)), ("deleteSharedServer", Fault::Status(500))] {
        sandbox.next(operation, fault).unwrap();
    }
    sandbox.next("listReceivedInvites", Fault::Status(401)).unwrap();
    sandbox.next("listOwnedSharedServers", Fault::Garbage).unwrap();

    assert!(invite.accept().await.unwrap_err().is_retryable());
    assert!(invite.decline().await.unwrap_err().is_retryable());
    assert!(friend(&sandbox).received_invites().await.unwrap_err().needs_sign_in());
    assert!(client_of(&sandbox, sandbox.token()).sent_invites().await.unwrap_err().is_decode());
}

#[tokio::test]
async fn people_are_listed_without_retired_calls_and_sharing_with_them_can_end() {
    let (sandbox, server, share) = shared().await;
    friend(&sandbox).received_invites().await.unwrap()[0].accept().await.unwrap();
    let client = client_of(&sandbox, sandbox.token());

    let people = client.people().await.unwrap();

    let list: Vec<_> = people.iter().map(|person| (person.name(), person.email(), person.is_home_member())).collect();
    assert_eq!(list, [("examplefriend", Some(FRIEND_EMAIL), false), ("Kid", None, true), ("Teen", None, true)]);
    assert_eq!(people[0].servers().len(), 1);
    assert_eq!(Invitee::from(&people[0]), Invitee::Id(people[0].id()));
    assert_eq!((people[0].user().id, sent(&sandbox, "getFriends").len()), (people[0].id(), 0));

    client.stop_sharing_with(people[0].id()).await.unwrap();
    client.stop_sharing_with(people[0].id()).await.unwrap();

    assert!(server.shares().await.unwrap().iter().all(|listed| listed.id() != share.id()));
    let before = sandbox.requests().len();
    assert!(client.stop_sharing_with(0).await.unwrap_err().is_invalid_input());
    assert!(client.stop_sharing_with(-1).await.unwrap_err().is_invalid_input());
    assert_eq!(sandbox.requests().len(), before);
    sandbox.next("removeSharing", Fault::Status(503)).unwrap();
    assert!(client.stop_sharing_with(people[0].id()).await.unwrap_err().is_retryable());
    sandbox.next("getLegacyUsers", Fault::Status(410)).unwrap();
    assert!(client.people().await.unwrap_err().is_gone());
}
