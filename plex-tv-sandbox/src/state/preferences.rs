//! The preferences of an account: app settings, privacy, opt-outs, profile, webhooks,
//! announcements, favourite channels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::AccountId;

#[derive(Clone, Debug)]
pub(crate) struct Preferences {
    pub(crate) settings: Vec<Value>,
    pub(crate) shared_settings: Vec<Value>,
    pub(crate) opt_out_playback: bool,
    pub(crate) opt_out_library_stats: bool,
    pub(crate) opt_outs: BTreeMap<String, String>,
    /// `None` until the user has answered.
    pub(crate) view_state_sync: Option<bool>,
    pub(crate) profile: Map<String, Value>,
    pub(crate) webhooks: Vec<String>,
    pub(crate) announcements_read: BTreeSet<u64>,
    pub(crate) favorite_channels: Vec<Value>,
    /// Whether each kind of push message is on.
    pub(crate) pushes: BTreeMap<String, bool>,
}

impl Default for Preferences {
    fn default() -> Self {
        let opt_outs = [
            ("scrobbling", "opt_in"),
            ("tv.plex.provider.music", "opt_out"),
            ("tv.plex.provider.news", "opt_out"),
            ("tv.plex.provider.podcasts", "opt_in"),
            ("tv.plex.provider.vod", "opt_in"),
            ("tv.plex.provider.webshows", "opt_out_managed"),
        ];
        let text = |(key, value): (&str, &str)| (String::from(key), String::from(value));
        Self {
            settings: Vec::from([json!({
                "id": "experience",
                "type": "json",
                "value": r#"{"schemaVersion":2,"sidebar":["home","watchlist"]}"#,
                "hidden": false,
                "updatedAt": 1_710_000_000,
            })]),
            shared_settings: Vec::from([json!({
                "id": "theme",
                "type": "text",
                "value": "dark",
                "hidden": true,
                "updatedAt": 1_710_000_000,
            })]),
            opt_out_playback: false,
            opt_out_library_stats: false,
            opt_outs: opt_outs.map(text).into(),
            view_state_sync: None,
            profile: profile(),
            webhooks: Vec::new(),
            announcements_read: BTreeSet::new(),
            favorite_channels: Vec::new(),
            pushes: BTreeMap::new(),
        }
    }
}

fn profile() -> Map<String, Value> {
    let Value::Object(members) = json!({
        "autoSelectAudio": true,
        "defaultAudioAccessibility": 0,
        "defaultAudioLanguage": "en",
        "defaultAudioLanguages": null,
        "defaultSubtitleLanguage": "en",
        "defaultSubtitleLanguages": null,
        "autoSelectSubtitle": 1,
        "defaultSubtitleAccessibility": 0,
        "defaultSubtitleForced": 0,
        "watchedIndicator": 1,
        "mediaReviewsVisibility": 0,
        "mediaReviewsLanguages": null,
        "mediaPostsVisibility": true,
    }) else {
        return Map::new();
    };
    members
}

impl Preferences {
    /// Sets a member of the profile. Values from a query are text. Returns false if there is no
    /// such member or the type is wrong.
    pub(crate) fn change_profile(&mut self, name: &str, value: &Value) -> bool {
        let Some(known) = self.profile.get_mut(name) else {
            return false;
        };
        let text = value.as_str();
        let new = match known {
            Value::Bool(_) => value
                .as_bool()
                .or(match text {
                    Some("1" | "true") => Some(true),
                    Some("0" | "false") => Some(false),
                    _ => None,
                })
                .map(Value::Bool),
            Value::Number(_) => value.as_u64().or_else(|| text?.parse().ok()).map(Value::from),
            _ if name.ends_with("Languages") => languages(value),
            _ => (value.is_string() || value.is_null()).then(|| value.clone()),
        };
        let Some(new) = new else {
            return false;
        };
        *known = new;
        true
    }
}

/// Reads a list of languages. In a query it is separated by commas.
fn languages(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(text.split(',').filter(|part| !part.is_empty()).collect()),
        Value::Array(items) if items.iter().all(Value::is_string) => Some(value.clone()),
        Value::Null => Some(Value::Null),
        _ => None,
    }
}

/// The preferences of all accounts. An account starts with the defaults.
#[derive(Debug, Default)]
pub(crate) struct AllPreferences(HashMap<AccountId, Preferences>);

impl AllPreferences {
    pub(crate) fn of(&mut self, account: AccountId) -> &mut Preferences {
        self.0.entry(account).or_default()
    }

    /// Returns the webhook addresses of all accounts, without duplicates.
    pub(crate) fn webhooks(&self) -> BTreeSet<String> {
        self.0.values().flat_map(|preferences| preferences.webhooks.iter().cloned()).collect()
    }
}
