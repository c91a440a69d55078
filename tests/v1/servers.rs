use plex_tv_sdk::v1::types::{DownloadChannel, Scheme};
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn downloads_are_listed_by_platform_without_a_token() {
    let downloads = success("getPlexDownloads", 200)
        .sends("GET /api/downloads/5.json", NO_BODY)
        .call_v1(async |api| api.get_plex_downloads(5).send_with_response().await)
        .await;

    let platforms: Vec<_> = downloads.computer.keys().collect();
    assert_eq!(platforms, ["Linux", "Windows"]);
    let linux = &downloads.computer["Linux"];
    assert_eq!(linux.release_date.unwrap().as_second(), 1700000000);
    assert_eq!(linux.extra_info.as_deref(), Some(""));
    let distros: Vec<_> = linux.releases.iter().map(|release| release.distro.as_deref()).collect();
    assert_eq!(distros, [Some("debian"), Some("redhat")]);
    let nas = &downloads.nas["Synology (DSM 7)"].releases[0];
    assert_eq!(nas.checksum.as_deref(), Some("0000000000000000000000000000000000000004"));
}

#[tokio::test]
async fn the_channel_of_the_downloads_is_sent_by_name() {
    success("getPlexDownloads", 200)
        .sends("GET /api/downloads/5.json?channel=plexpass", NO_BODY)
        .call_v1(async |api| api.get_plex_downloads(5).channel(DownloadChannel::Plexpass).send_with_response().await)
        .await;
}

#[tokio::test]
async fn downloads_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getPlexDownloads", 429, 1003)
        .sends("GET /api/downloads/1.json", NO_BODY)
        .call_v1(async |api| api.get_plex_downloads(1).send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn servers_are_owned_or_shared() {
    let reply = success("getLegacyServers", 200)
        .sends("GET /pms/servers.xml?includeLite=0", NO_BODY)
        .call_v1(async |api| api.get_legacy_servers().include_lite(false).send_with_response().await)
        .await;

    let servers = reply.server;
    assert!(servers.rejected().is_empty());
    let [own, shared] = &*servers else {
        panic!("expected two servers");
    };
    assert_eq!((own.port, own.owned, own.owner_id), (Some(32400), Some(true), None));
    assert_eq!((own.scheme.as_ref(), own.section.len()), (Some(&Scheme::Http), 0));
    assert_eq!(own.access_token.as_ref().unwrap().expose(), "EXAMPLE-SERVER-TOKEN");
    assert_eq!((shared.owner_id, shared.source_title.as_deref()), (Some(7654322), Some("frienduser")));
    assert_eq!(shared.local_addresses.as_deref(), Some(""));
    assert_eq!(shared.created_at.unwrap().as_second(), 1680000000);
}

#[tokio::test]
async fn servers_need_a_valid_token() {
    let error = failure("getLegacyServers", 401, 1001)
        .sends("GET /pms/servers.xml", NO_BODY)
        .call_v1(async |api| api.get_legacy_servers().send_with_response().await)
        .await;

    assert!(error.is_auth());
}
