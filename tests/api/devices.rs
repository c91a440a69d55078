use plex_tv_sdk::{PlexCode, v2::types::ConnectionProtocol};
use plex_tv_tests::{NO_BODY, failure, success};

const MACHINE: &str = "0123456789abcdef0123456789abcdef01234567";

#[tokio::test]
async fn devices_come_with_their_tokens() {
    let devices = success("listAccountDevices", 200)
        .sends("GET /devices", NO_BODY)
        .call(async |api| api.list_account_devices().send_with_response().await)
        .await;

    let [phone] = &*devices else {
        panic!("expected one device");
    };
    assert_eq!(phone.id, 900000001);
    assert_eq!(phone.screen_density, Some(320));
    let token = phone.token.as_ref().unwrap();
    assert_eq!(token.expose(), "EXAMPLE-DEVICE-TOKEN");
    assert_eq!(phone.sync_lists[0].total_size, Some(734003200));
    let uri = phone.connections[0].uri.as_deref();
    assert_eq!(uri, Some("http://192.0.2.10:32500"));
    assert!(devices.rejected().is_empty());
}

#[tokio::test]
async fn devices_need_a_valid_token() {
    let error = failure("listAccountDevices", 401, 1001)
        .sends("GET /devices", NO_BODY)
        .call(async |api| api.list_account_devices().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_certificate_comes_as_bytes() {
    let pem = "-----BEGIN CERTIFICATE-----\nEXAMPLE\n-----END CERTIFICATE-----\n";
    for kind in ["application/x-pem-file", "text/plain"] {
        let certificate = success("downloadDeviceCertificate", 200)
            .replying(kind, pem)
            .sends("GET /devices/0123456789abcdef0123456789abcdef01234567/certificate/download", NO_BODY)
            .call(async |api| api.download_device_certificate(MACHINE).send_with_response().await)
            .await;

        assert_eq!(crate::wire::bytes(certificate).await, pem.as_bytes());
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_ready_is_a_202_without_bytes() {
    let nothing = success("downloadDeviceCertificate", 202)
        .sends("GET /devices/0123456789abcdef0123456789abcdef01234567/certificate/download", NO_BODY)
        .call(async |api| api.download_device_certificate(MACHINE).send_with_response().await)
        .await;

    assert_eq!(crate::wire::bytes(nothing).await, b"");
}

#[tokio::test]
async fn the_certificate_of_another_server_is_forbidden() {
    let error = failure("downloadDeviceCertificate", 403, 1068)
        .sends("GET /devices/a%2Fb/certificate/download", NO_BODY)
        .call(async |api| api.download_device_certificate("a/b").send_with_response().await)
        .await;

    assert_eq!(error.code(), Some(PlexCode::DeviceNotYours));
    assert!(error.is_forbidden() && !error.is_retryable());
}

#[tokio::test]
async fn the_common_name_of_a_certificate_is_a_wildcard() {
    let subject = success("getDeviceCertificateSubject", 200)
        .sends("GET /devices/0123456789abcdef0123456789abcdef01234567/certificate/subject", NO_BODY)
        .call(async |api| api.get_device_certificate_subject(MACHINE).send_with_response().await)
        .await;

    assert_eq!(subject.common_name, "*.0123456789abcdef0123456789abcdef.plex.direct");
}

#[tokio::test]
async fn only_the_server_may_read_the_common_name_of_its_certificate() {
    for code in [PlexCode::DeviceNotYours, PlexCode::ServerTokenRequired] {
        let error = failure("getDeviceCertificateSubject", 403, code.number())
            .sends("GET /devices/0123456789abcdef0123456789abcdef01234567/certificate/subject", NO_BODY)
            .call(async |api| api.get_device_certificate_subject(MACHINE).send_with_response().await)
            .await;

        assert_eq!(error.code(), Some(code));
        assert!(error.is_forbidden() && !error.is_auth());
    }
}

#[tokio::test]
async fn resources_are_servers_and_players() {
    let resources = success("getDevices", 200)
        .sends("GET /resources", NO_BODY)
        .call(async |api| api.get_devices().send_with_response().await)
        .await;

    let [server, player] = &*resources else {
        panic!("expected two resources");
    };
    let token = server.access_token.as_ref().unwrap();
    assert_eq!(token.expose(), "EXAMPLE-SERVER-TOKEN");
    assert_eq!(server.owned, Some(true));
    let seen: Vec<_> = server.connections.iter().map(|each| (each.port, each.local, each.relay, each.ipv6)).collect();
    let (yes, no) = (Some(true), Some(false));
    let wanted = [(Some(32400), yes, no, no), (Some(32400), no, no, yes), (Some(8443), no, yes, no)];
    assert_eq!(seen, wanted);
    let protocol = server.connections[0].protocol.as_ref();
    assert_eq!(protocol, Some(&ConnectionProtocol::Https));
    assert_eq!(player.access_token, None);
    assert_eq!(player.dns_rebinding_protection, None);
    assert!(resources.rejected().is_empty());
}

#[tokio::test]
async fn flags_of_the_resources_are_sent_as_0_and_1() {
    success("getDevices", 200)
        .sends("GET /resources?includeDLNA=0&includeHttps=1&includeIPv6=1&includeRelay=0", NO_BODY)
        .call(async |api| {
            api.get_devices()
                .include_https(true)
                .include_relay(false)
                .include_ipv6(true)
                .include_dlna(false)
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn one_bad_row_does_not_fail_the_list() {
    let body = r#"[{"clientIdentifier":"EXAMPLE-1"},{"name":"no identifier"},{"clientIdentifier":"EXAMPLE-3","owned":"CANARY"}]"#;

    let resources = success("getDevices", 200)
        .replying("application/json", body)
        .sends("GET /resources", NO_BODY)
        .call(async |api| api.get_devices().send_with_response().await)
        .await;

    assert_eq!(resources.len(), 1);
    let reasons: Vec<_> = resources.rejected().iter().map(ToString::to_string).collect();
    let wanted = ["row 1: missing field `clientIdentifier`", "row 2: invalid type: text, expected boolean at owned"];
    assert_eq!(reasons, wanted);
}

#[tokio::test]
async fn resources_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getDevices", 429, 1003)
        .sends("GET /resources?includeHttps=1", NO_BODY)
        .call(async |api| api.get_devices().include_https(true).send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}
