//! The language of titles.

use plex_tv_sdk::{Client, Token};

use crate::{
    faults::user,
    harness::{TOKEN, builder},
    wire::{Reply, Wire},
};

const HEADER: &str = "x-plex-language: ";

/// The language of each request.
fn languages(plex: &Wire) -> Vec<Option<String>> {
    let requests = plex.seen.requests();
    let of = |request: &String| request.lines().find_map(|line| Some(line.strip_prefix(HEADER)?.to_owned()));
    requests.iter().map(of).collect()
}

/// Makes one call to each API and ignores the outcomes.
async fn call_all(client: &Client) {
    user(client).await.ok();
    client.v1().get_legacy_devices().send().await.ok();
    client.discover().get_watchlist("all").send().await.ok();
}

#[tokio::test]
async fn the_language_goes_to_every_api_and_stays_with_clones_and_other_users() {
    for tag in ["de", "pt-BR", "zh-Hant-TW"] {
        let plex = Wire::always(Reply::json("{}")).await;
        let client = builder(&plex.url).language(tag).build().unwrap();
        let user = client.with_token(Token::new(TOKEN).unwrap());

        call_all(&client).await;
        call_all(&user.with_body_limit(1000)).await;

        let seen = languages(&plex);
        assert_eq!(seen.len(), 6);
        assert!(seen.iter().all(|seen| seen.as_deref().is_some_and(|seen| seen.eq_ignore_ascii_case(tag))), "{seen:?}");
    }
}

#[tokio::test]
async fn without_a_language_no_header_is_sent() {
    let plex = Wire::always(Reply::json("{}")).await;

    call_all(&builder(&plex.url).build().unwrap()).await;

    assert_eq!(languages(&plex), [None, None, None]);
}

#[test]
fn an_invalid_tag_is_refused_before_anything_is_sent() {
    for bad in ["", "de_DE", "de, en;q=0.5", "de\r\nX-Plex-Token: EXAMPLE", "deutsch (Deutschland)", "ж"] {
        let error = builder("http://localhost").language(bad).build().unwrap_err();

        assert!(error.is_invalid_input(), "{error:?}");
        assert_eq!(error.to_string(), "the language is not a tag such as `de` or `pt-BR`");
    }
}
