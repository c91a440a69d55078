use plex_tv_sandbox::HOME_USER;
use reqwest::Method;
use serde_json::{Value, json};

use super::{column, refusal, refused};
use crate::support::harness;

#[tokio::test]
async fn settings_are_added_and_replaced_by_id() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let write = async |query: &str, text: &str| {
        plex.send(token, Method::POST, &format!("/api/v2/user/settings{query}"), &json!({"value": text})).await
    };
    let before = plex.get("/api/v2/user/settings").await.1;
    assert_eq!(column(&before, "id"), ["experience"]);

    let changes =
        r#"[{"id":"experience","type":"json","value":"{\"a\":1}","hidden":true},{"id":"x","type":"text","value":"y"}]"#;
    assert_eq!(write("", changes).await.0, 204);

    let after = plex.get("/api/v2/user/settings").await.1;
    assert_eq!(column(&after, "id"), ["experience", "x"]);
    assert_eq!((&after[0]["value"], &after[0]["hidden"]), (&json!(r#"{"a":1}"#), &json!(true)));
    assert_eq!(plex.get("/api/v2/user?includeSettings=1").await.1["settings"], after);
    assert_eq!(column(&plex.get("/api/v2/user/settings?sharedSettings=1").await.1, "id"), ["theme"]);
    assert_eq!(write("?sharedSettings=1", "[]").await.0, 204);
    for text in ["", "{}", "[1]", r#"[{"id":"x"}]"#, "nonsense"] {
        assert_eq!(refused(write("", text).await), refusal(422, 1065), "{text}");
    }
    assert_eq!(plex.get("/api/v2/user/settings").await.1, after);
}

#[tokio::test]
async fn either_privacy_flag_can_be_set_alone() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let switches = async || {
        let privacy = plex.get("/api/v2/user/privacy").await.1;
        [privacy["optOutPlayback"].clone(), privacy["optOutLibraryStats"].clone()]
    };
    let put = async |body: &str| plex.form(token, Method::PUT, "/api/v2/user/privacy", body).await;
    assert_eq!(switches().await, [false, false]);

    assert_eq!(put("optOutPlayback=1").await.0, 204);
    assert_eq!(switches().await, [true, false]);
    assert_eq!(put("optOutLibraryStats=1&optOutPlayback=0").await.0, 204);
    assert_eq!(switches().await, [false, true]);
    assert_eq!(refused(put("optOutPlayback=true").await), refusal(400, 1004));
}

#[tokio::test]
async fn a_profile_is_changed_by_query_or_by_json() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let path = "/api/v2/user/profile";

    let query = "defaultAudioLanguage=fr&autoSelectAudio=0&autoSelectSubtitle=2&defaultSubtitleLanguages=de,fr";
    assert_eq!(plex.call(token, Method::PUT, &format!("{path}?{query}")).await.0, 204);
    let changes = json!({"defaultSubtitleLanguage": null, "watchedIndicator": 3});
    assert_eq!(plex.send(token, Method::PUT, path, &changes).await.0, 204);

    let profile = plex.get(path).await.1;
    assert_eq!((&profile["defaultAudioLanguage"], &profile["autoSelectAudio"]), (&json!("fr"), &json!(false)));
    assert_eq!((&profile["autoSelectSubtitle"], &profile["watchedIndicator"]), (&json!(2), &json!(3)));
    assert_eq!(
        (&profile["defaultSubtitleLanguages"], &profile["defaultSubtitleLanguage"]),
        (&json!(["de", "fr"]), &Value::Null)
    );
    assert_eq!(plex.get("/api/v2/user").await.1["profile"], profile);
    for query in ["nothing=1", "autoSelectAudio=perhaps", "watchedIndicator=many"] {
        assert_eq!(
            refused(plex.call(token, Method::PUT, &format!("{path}?{query}")).await),
            refusal(400, 1004),
            "{query}"
        );
    }
    assert_eq!(plex.get(path).await.1, profile);
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();
    assert_eq!(plex.call(&kid, Method::GET, path).await.1["defaultAudioLanguage"], "en", "each user has a profile");
}

#[tokio::test]
async fn consent_is_null_until_the_user_answers() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let path = "/api/v2/user/view_state_sync";
    assert_eq!(plex.get(path).await.1, json!({"consent": null}));

    for (word, consent) in [("true", true), ("False", false), ("True", true)] {
        assert_eq!(plex.call(token, Method::PUT, &format!("{path}?consent={word}")).await.0, 204);
        assert_eq!(plex.get(path).await.1, json!({"consent": consent}));
    }
    for query in ["", "?consent=", "?consent=1"] {
        assert_eq!(
            refused(plex.call(token, Method::PUT, &format!("{path}{query}")).await),
            refusal(400, 1004),
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_map_and_the_list_of_opt_outs_agree() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let own = "/api/v2/user/0123456789abcdef/settings/opt_outs";
    let kids = format!("/api/v2/user/{HOME_USER}/settings/opt_outs");

    assert_eq!(plex.call(token, Method::POST, &format!("{own}?key=tv.plex.provider.news&value=opt_in")).await.0, 204);

    let map = plex.get("/api/v2/user/settings/opt_outs").await.1;
    assert_eq!(map["tv.plex.provider.news"], "opt_in");
    let list = plex.get(own).await.1;
    assert_eq!(list.as_array().unwrap().len(), map.as_object().unwrap().len());
    assert!(list.as_array().unwrap().iter().all(|row| map[row["key"].as_str().unwrap()] == row["value"]));
    let xml = plex.xml(token, Method::GET, own).await.1;
    assert!(xml.contains(r#"<optOuts><optOut key="scrobbling" value="opt_in"/>"#), "{xml}");
    for query in ["key=a&value=perhaps", "key=a", "key=tv.plex.provider.music&value=opt_out_managed"] {
        assert_eq!(
            refused(plex.call(token, Method::POST, &format!("{own}?{query}")).await),
            refusal(400, 1004),
            "{query}"
        );
    }
    assert_eq!(plex.call(token, Method::POST, &format!("{kids}?key=a&value=opt_out")).await.0, 204, "for a child");
    let friend = plex.friend();
    assert_eq!(refused(plex.call(&friend, Method::GET, own).await), refusal(403, 1043));
    assert_eq!(refused(plex.get("/api/v2/user/ffff/settings/opt_outs").await), refusal(404, 1002));
}

#[tokio::test]
async fn announcements_are_read_and_unread() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let unread = async || plex.xml(token, Method::GET, "/api/announcements").await.1.matches(r#"read="0""#).count();
    let put = async |path: &str| plex.xml(token, Method::PUT, &format!("/api/announcements/{path}")).await;
    assert_eq!(unread().await, 2);

    assert!(put("72?read=1").await.1.contains(r#"<Response code="200" status="OK"/>"#));
    assert_eq!(unread().await, 1);
    put("72?read=0").await;
    assert_eq!(unread().await, 2);
    assert_eq!((put("1?read=1").await.0, put("72").await.0, put("72?read=maybe").await.0), (404, 400, 400));
}
