use plex_tv_sdk::v1::types::Scheme;
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn resources_are_servers_with_their_connections_and_players() {
    let reply = success("getLegacyResources", 200)
        .sends("GET /api/resources", NO_BODY)
        .call_v1(async |api| api.get_legacy_resources().send_with_response().await)
        .await;

    assert_eq!(reply.size, Some(3));
    let resources = reply.device;
    assert!(resources.rejected().is_empty());
    let [own, shared, phone] = &*resources else {
        panic!("expected three resources");
    };
    assert_eq!(own.access_token.as_ref().unwrap().expose(), "EXAMPLE-SERVER-TOKEN");
    assert_eq!((own.owned, own.relay, own.owner_id), (Some(true), Some(true), None));
    assert_eq!(own.last_seen_at.unwrap().as_second(), 1790000000);
    let connections: Vec<_> = own.connection.iter().map(|each| (each.port, each.local, each.relay)).collect();
    assert_eq!(connections, [(Some(32400), Some(true), Some(false)), (Some(8443), Some(false), Some(true))]);
    assert_eq!((shared.owner_id, shared.source_title.as_deref()), (Some(7654322), Some("frienduser")));
    let [remote] = &*shared.connection else {
        panic!("expected one connection");
    };
    assert_eq!(remote.protocol, Some(Scheme::Https));
    assert_eq!(remote.relay, None);
    assert_eq!((phone.access_token.as_ref(), phone.connection.len()), (None, 0));
}

#[tokio::test]
async fn flags_of_the_resources_are_sent_as_0_and_1() {
    success("getLegacyResources", 200)
        .sends("GET /api/resources?includeHttps=1&includeIPv6=0&includeRelay=1", NO_BODY)
        .call_v1(async |api| {
            api.get_legacy_resources()
                .include_relay(true)
                .include_https(true)
                .include_ipv6(false)
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn resources_need_a_valid_token() {
    let error = failure("getLegacyResources", 401, 1001)
        .sends("GET /api/resources", NO_BODY)
        .call_v1(async |api| api.get_legacy_resources().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn devices_come_with_their_tokens() {
    let reply = success("getLegacyDevices", 200)
        .sends("GET /devices.xml", NO_BODY)
        .call_v1(async |api| api.get_legacy_devices().send_with_response().await)
        .await;

    assert_eq!(reply.public_address.as_deref(), Some("203.0.113.7"));
    let devices = reply.device;
    assert!(devices.rejected().is_empty());
    let [phone, browser] = &*devices else {
        panic!("expected two devices");
    };
    assert_eq!((phone.id, phone.token.as_ref().unwrap().expose()), (900000001, "EXAMPLE-DEVICE-TOKEN"));
    assert_eq!(phone.connection[0].uri.as_deref(), Some("http://192.0.2.20:32500"));
    assert_eq!(phone.sync_list[0].total_size, Some(734003200));
    assert_eq!(phone.screen_density.as_deref(), Some("420"));
    assert_eq!(browser.provides.as_deref(), Some(""));
    assert_eq!((browser.connection.len(), browser.sync_list.len()), (0, 0));
    assert!(!format!("{phone:?}").contains("EXAMPLE-DEVICE-TOKEN"));
}

#[tokio::test]
async fn devices_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getLegacyDevices", 429, 1003)
        .sends("GET /devices.xml", NO_BODY)
        .call_v1(async |api| api.get_legacy_devices().send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn a_device_is_removed_by_its_id() {
    for status in [200, 204] {
        success("deleteLegacyDevice", status)
            .sends("DELETE /devices/900000001.xml", NO_BODY)
            .call_v1(async |api| api.delete_legacy_device(900000001).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_device_that_is_already_gone_is_not_found() {
    let error = failure("deleteLegacyDevice", 404, 1002)
        .sends("DELETE /devices/900000001.xml", NO_BODY)
        .call_v1(async |api| api.delete_legacy_device(900000001).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn speakers_are_read_from_the_overridden_host() {
    let reply = success("getSonosResources", 200)
        .sends("GET /resources", NO_BODY)
        .call_v1(async |api| api.get_sonos_resources().send_with_response().await)
        .await;

    let players = reply.player;
    let [kitchen, office] = &*players else {
        panic!("expected two speakers");
    };
    assert_eq!(kitchen.machine_identifier, "RINCON_EXAMPLE0001:1000000001");
    assert_eq!(kitchen.lan_ip.as_deref(), Some("192.0.2.31"));
    assert_eq!(office.title.as_deref(), Some("Office + 1"));
    assert_eq!(office.protocol_version.as_deref(), Some("1"));
}

#[tokio::test]
async fn speakers_need_a_valid_token() {
    let error = failure("getSonosResources", 401, 1001)
        .sends("GET /resources", NO_BODY)
        .call_v1(async |api| api.get_sonos_resources().send_with_response().await)
        .await;

    assert!(error.is_auth());
}
