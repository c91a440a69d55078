//! The table of operations. It is written by hand; a test compares it with the descriptions.

use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::legacy;
use super::{
    account, catalogue, community, devices, feeds, friends, home, jwt, live_tv, notifications, people, pins,
    preferences, resources, servers, sharing, together, users, watchlist, webhooks,
};
use crate::host::Host;
use crate::reply::Fail;
use crate::state::Shared;

/// An operation and its address.
///
/// # Example
///
/// ```
/// let ping = plex_tv_sandbox::routes().find(|route| route.operation == "ping").ok_or("not served")?;
///
/// assert_eq!((ping.method, ping.host.name(), ping.path), ("GET", "plex.tv", "/api/v2/ping"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The `operationId` in the descriptions.
    pub operation: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The host.
    pub host: Host,
    /// The path template on that host.
    pub path: &'static str,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) route: Route,
    /// All addresses of the operation, the described one first.
    pub(super) places: Vec<Place>,
    /// Whether the path contains a secret, so that it must not be logged.
    pub(super) path_is_secret: bool,
    pub(super) served: bool,
}

pub(super) struct Place {
    pub(super) method: &'static str,
    pub(super) host: Host,
    pub(super) path: &'static str,
    pub(super) handler: MethodRouter<Arc<Shared>>,
}

impl Row {
    fn also_on(self, host: Host) -> Self {
        let path = self.route.path;
        self.also_at(host, path)
    }

    fn also_at(mut self, host: Host, path: &'static str) -> Self {
        let method = self.route.method;
        let handler = self.places.first().map(|place| place.handler.clone());
        self.places.extend(handler.map(|handler| Place { method, host, path, handler }));
        self
    }

    /// Accepts another method as well, because some clients use it.
    fn also_by<H, T>(mut self, method: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Shared>>,
        T: 'static,
    {
        let handler = on(filter(method), handler);
        let same = |place: &Place| Place { method, host: place.host, path: place.path, handler: handler.clone() };
        let places: Vec<Place> = self.places.iter().map(same).collect();
        self.places.extend(places);
        self
    }

    fn with_secret_path(mut self) -> Self {
        self.path_is_secret = true;
        self
    }
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

fn row<H, T>(operation: &'static str, method: &'static str, host: Host, path: &'static str, handler: H) -> Row
where
    H: Handler<T, Arc<Shared>>,
    T: 'static,
{
    let handler = on(filter(method), handler);
    Row {
        route: Route { operation, method, host, path },
        places: Vec::from([Place { method, host, path, handler }]),
        path_is_secret: false,
        served: true,
    }
}

/// An operation of version 2, which `plex.tv` and `clients.plex.tv` both serve.
fn v2<H, T>(operation: &'static str, method: &'static str, path: &'static str, handler: H) -> Row
where
    H: Handler<T, Arc<Shared>>,
    T: 'static,
{
    row(operation, method, Host::PlexTv, path, handler).also_on(Host::Clients)
}

/// An operation that the discover and the metadata host both serve.
fn provider<H, T>(operation: &'static str, method: &'static str, host: Host, path: &'static str, handler: H) -> Row
where
    H: Handler<T, Arc<Shared>>,
    T: 'static,
{
    let other = if host == Host::Discover { Host::Metadata } else { Host::Discover };
    row(operation, method, host, path, handler).also_on(other)
}

/// An operation that is known but not served.
fn missing(operation: &'static str, method: &'static str, host: Host, path: &'static str) -> Row {
    Row { served: false, ..row(operation, method, host, path, async move || Fail::not_served(operation)) }
}

pub(super) fn rows() -> impl Iterator<Item = Row> {
    let areas =
        [sign_in(), accounts(), homes(), shares(), hardware(), version_1(), discover(), other_hosts(), not_served()];
    areas.into_iter().flatten()
}

fn sign_in() -> Vec<Row> {
    Vec::from([
        v2("getPin", "POST", "/api/v2/pins", pins::create),
        v2("getToken", "GET", "/api/v2/pins/{pinID}", pins::poll),
        v2("linkPin", "PUT", "/api/v2/pins/link", pins::link).also_at(Host::PlexTv, "/api/v2/pins/link.json"),
        v2("getPinQrCode", "GET", "/api/v2/pins/qr/{code}", pins::qr).with_secret_path(),
        v2("registerDeviceJwk", "POST", "/api/v2/auth/jwk", jwt::register),
        v2("getAuthNonce", "GET", "/api/v2/auth/nonce", jwt::nonce),
        v2("exchangeJwtToken", "POST", "/api/v2/auth/token", jwt::exchange),
        v2("getAuthKeys", "GET", "/api/v2/auth/keys", jwt::keys),
        v2("signIn", "POST", "/api/v2/users/signin", users::sign_in),
        v2("signOut", "DELETE", "/api/v2/users/signout", users::sign_out),
        v2("createAnonymousUser", "POST", "/api/v2/users/anonymous", users::sign_in_anonymously),
        v2("changePassword", "POST", "/api/v2/users/password", users::change_password),
    ])
}

fn accounts() -> Vec<Row> {
    Vec::from([
        v2("ping", "GET", "/api/v2/ping", users::ping),
        v2("getUserDetails", "GET", "/api/v2/user", users::details),
        v2("getFeatures", "GET", "/api/v2/features", account::features),
        v2("getCompanionsData", "GET", "/api/v2/companions", account::companions),
        v2("getGeoData", "GET", "/api/v2/geoip", account::geoip),
        v2("getPrivacySettings", "GET", "/api/v2/user/privacy", preferences::privacy),
        v2("updatePrivacySettings", "PUT", "/api/v2/user/privacy", preferences::update_privacy),
        v2("getUserProfile", "GET", "/api/v2/user/profile", preferences::profile),
        v2("updateUserProfile", "PUT", "/api/v2/user/profile", preferences::update_profile),
        v2("getViewStateSync", "GET", "/api/v2/user/view_state_sync", preferences::view_state_sync),
        v2("updateViewStateSync", "PUT", "/api/v2/user/view_state_sync", preferences::update_view_state_sync),
        v2("getUserSettings", "GET", "/api/v2/user/settings", preferences::settings),
        v2("updateUserSettings", "POST", "/api/v2/user/settings", preferences::update_settings),
        v2("getUserOptOutSettings", "GET", "/api/v2/user/settings/opt_outs", preferences::opt_out_map),
        v2("getUserOptOuts", "GET", "/api/v2/user/{uuid}/settings/opt_outs", preferences::opt_outs),
        v2("updateUserOptOut", "POST", "/api/v2/user/{uuid}/settings/opt_outs", preferences::update_opt_out),
        v2("getUserWebhooks", "GET", "/api/v2/user/webhooks", webhooks::webhooks),
        v2("setUserWebhooks", "POST", "/api/v2/user/webhooks", webhooks::set),
    ])
}

fn homes() -> Vec<Row> {
    Vec::from([
        v2("getHomeData", "GET", "/api/v2/home", home::home),
        v2("listHomeUsers", "GET", "/api/v2/home/users", home::home),
        v2("createManagedUser", "POST", "/api/v2/home/users/restricted", home::create_managed),
        v2("setManagedUserRestrictionProfile", "POST", "/api/v2/home/users/restricted/profile", home::set_profile),
        v2("updateManagedUser", "POST", "/api/v2/home/users/restricted/{userId}", home::update_managed)
            .also_by("PUT", home::update_managed),
        v2("removeHomeUser", "DELETE", "/api/v2/home/users/{userId}", home::remove),
        v2("switchHomeUser", "POST", "/api/v2/home/users/{uuid}/switch", home::switch),
    ])
}

fn shares() -> Vec<Row> {
    const SHARE: &str = "/api/v2/shared_servers/{sharedServerId}";
    Vec::from([
        v2("getFriends", "GET", "/api/v2/friends", friends::list),
        v2("inviteFriend", "POST", "/api/v2/friends/invite", friends::invite),
        v2("removeFriend", "DELETE", "/api/v2/friends/{userId}", friends::remove),
        v2("acceptFriend", "POST", "/api/v2/friends/{userId}/accept", friends::accept),
        v2("getServer", "GET", "/api/v2/servers/{machineIdentifier}", servers::server),
        v2("createSharedServer", "POST", "/api/v2/shared_servers", sharing::create),
        v2("listOwnedInvites", "GET", "/api/v2/shared_servers/invites/owned/{status}", sharing::invites_owned),
        v2("listReceivedInvites", "GET", "/api/v2/shared_servers/invites/received/{status}", sharing::invites_received),
        v2("listOwnedSharedServers", "GET", "/api/v2/shared_servers/owned/{status}", sharing::owned),
        v2("getSharedServer", "GET", SHARE, sharing::get),
        v2("updateSharedServer", "POST", SHARE, sharing::update).also_by("PUT", sharing::update),
        v2("deleteSharedServer", "DELETE", SHARE, sharing::remove),
        v2("acceptSharedServer", "POST", "/api/v2/shared_servers/{sharedServerId}/accept", sharing::accept),
        v2("getSharingSettings", "GET", "/api/v2/sharing_settings", sharing::settings),
        v2("updateSharingSettings", "POST", "/api/v2/sharing_settings", sharing::update_settings),
        v2("updateSharing", "PUT", "/api/v2/sharings/{userId}", sharing::update_person),
        v2("removeSharing", "DELETE", "/api/v2/sharings/{userId}", sharing::remove_person),
    ])
}

fn hardware() -> Vec<Row> {
    const CERTIFICATE: &str = "/api/v2/devices/{machineIdentifier}/certificate/download";
    const SUBJECT: &str = "/api/v2/devices/{machineIdentifier}/certificate/subject";
    Vec::from([
        v2("getDevices", "GET", "/api/v2/resources", resources::resources),
        v2("listAccountDevices", "GET", "/api/v2/devices", devices::devices),
        v2("downloadDeviceCertificate", "GET", CERTIFICATE, servers::certificate),
        v2("getDeviceCertificateSubject", "GET", SUBJECT, servers::certificate_subject),
        v2("getCloudServer", "GET", "/api/v2/cloud_server", servers::cloud),
        v2("getReleaseChannels", "GET", "/api/v2/release_channels", servers::release_channels),
        v2("getUserServer", "GET", "/api/v2/server", servers::itself),
        v2("getServerAccessTokens", "GET", "/api/v2/server/access_tokens", servers::access_tokens),
        v2("getServerUserFeatures", "GET", "/api/v2/server/users/features", servers::user_features),
    ])
}

fn version_1() -> Vec<Row> {
    use legacy::{account as old_account, home as old_home, invites, sharing as old_sharing, sync};

    const SHARES: &str = "/api/servers/{machineIdentifier}/shared_servers";
    const SHARE: &str = "/api/servers/{machineIdentifier}/shared_servers/{sharedServerId}";
    const SYNC: &str = "/devices/{clientIdentifier}/sync_items";
    let plex = Host::PlexTv;
    Vec::from([
        row("getClaimToken", "GET", plex, "/api/claim/token.json", account::claim_token),
        row("createLegacyPin", "POST", plex, "/pins.xml", old_account::create_pin),
        row("getLegacyPin", "GET", plex, "/pins/{pinId}.xml", old_account::pin_state),
        row("legacySignIn", "POST", plex, "/users/sign_in.json", old_account::sign_in),
        row("getPublicIp", "GET", plex, "/:/ip", account::public_address),
        row("getAnnouncements", "GET", plex, "/api/announcements", account::announcements),
        row("updateAnnouncement", "PUT", plex, "/api/announcements/{id}", account::read_announcement),
        row("getMediaProviders", "GET", plex, "/media/providers", account::providers),
        row("getAccountXml", "GET", plex, "/users/account", old_account::xml),
        row("getAccountJson", "GET", plex, "/users/account.json", old_account::json),
        row("getUserAvatar", "GET", plex, "/users/{uuid}/avatar", people::avatar_image),
        row("getLegacyResources", "GET", plex, "/api/resources", resources::legacy_resources),
        row("getLegacyDevices", "GET", plex, "/devices.xml", devices::legacy_devices),
        row("deleteLegacyDevice", "DELETE", plex, "/devices/{deviceId}.xml", devices::remove),
        row("createHome", "POST", plex, "/api/home", old_home::found),
        row("updateHome", "PUT", plex, "/api/home", old_home::update),
        row("getLegacyHomeUsers", "GET", plex, "/api/home/users", old_home::users),
        row("createLegacyHomeUser", "POST", plex, "/api/home/users", old_home::create),
        row("updateLegacyHomeUser", "PUT", plex, "/api/home/users/{userId}", old_home::set_pin),
        row("removeLegacyHomeUser", "DELETE", plex, "/api/home/users/{userId}", home::remove),
        row("switchLegacyHomeUser", "POST", plex, "/api/home/users/{userId}/switch", old_home::switch),
        row("removeLegacyFriend", "DELETE", plex, "/api/friends/{userId}", invites::retired),
        row("getLegacyUsers", "GET", plex, "/api/users", old_sharing::users)
            .also_at(plex, "/api/users/")
            .also_on(Host::Clients),
        row("listLegacySentInvites", "GET", plex, "/api/invites/requested", invites::retired),
        row("cancelLegacyInvite", "DELETE", plex, "/api/invites/requested/{inviteId}", invites::retired),
        row("listLegacyReceivedInvites", "GET", plex, "/api/invites/requests", invites::retired),
        row("acceptLegacyInvite", "PUT", plex, "/api/invites/requests/{inviteId}", invites::retired),
        row("getLegacyServer", "GET", plex, "/api/servers/{machineIdentifier}", old_sharing::server),
        row("listLegacySharedServers", "GET", plex, SHARES, old_sharing::shares),
        row("createLegacySharedServer", "POST", plex, SHARES, old_sharing::create),
        row("getLegacySharedServer", "GET", plex, SHARE, old_sharing::get),
        row("updateLegacySharedServer", "PUT", plex, SHARE, old_sharing::update),
        row("deleteLegacySharedServer", "DELETE", plex, SHARE, old_sharing::remove),
        row("getPlexDownloads", "GET", plex, "/api/downloads/{channelId}.json", account::downloads),
        row("getLegacyServers", "GET", plex, "/pms/servers.xml", resources::legacy_servers),
        row("listSyncItems", "GET", plex, SYNC, sync::items),
        row("createSyncItem", "POST", plex, SYNC, sync::create),
        row("deleteSyncItem", "DELETE", plex, "/devices/{clientIdentifier}/sync_items/{syncItemId}", sync::remove),
        row("listServerSyncLists", "GET", plex, "/servers/{machineIdentifier}/sync_lists", sync::lists),
        row("getSonosResources", "GET", Host::Sonos, "/resources", account::speakers),
    ])
}

fn discover() -> Vec<Row> {
    const ITEM: &str = "/library/metadata/{ratingKey}";
    const CHILDREN: &str = "/library/metadata/{ratingKey}/children";
    const EXTRAS: &str = "/library/metadata/{ratingKey}/extras";
    const RELATED: &str = "/library/metadata/{ratingKey}/related";
    const OFFERS: &str = "/library/metadata/{ratingKey}/availabilities";
    const ADVICE: &str = "/library/metadata/{ratingKey}/commonsensemedia";
    const STATE: &str = "/library/metadata/{ratingKey}/userState";
    let (discover, metadata) = (Host::Discover, Host::Metadata);
    Vec::from([
        provider("getDiscoverProvider", "GET", discover, "/", catalogue::provider),
        provider("matchMetadata", "GET", discover, "/library/metadata/matches", catalogue::matches),
        provider("getDiscoverMetadata", "GET", discover, ITEM, catalogue::details),
        provider("getDiscoverMetadataChildren", "GET", discover, CHILDREN, catalogue::children),
        provider("getDiscoverMetadataRelated", "GET", discover, RELATED, catalogue::related),
        provider("getDiscoverMetadataExtras", "GET", metadata, EXTRAS, catalogue::extras),
        provider("getAvailabilities", "GET", metadata, OFFERS, catalogue::availabilities),
        provider("getCommonSenseMedia", "GET", metadata, ADVICE, catalogue::common_sense),
        provider("getUserState", "GET", metadata, STATE, watchlist::user_state),
        provider("scrobble", "GET", metadata, "/actions/scrobble", watchlist::scrobble)
            .also_by("PUT", watchlist::scrobble),
        provider("unscrobble", "GET", metadata, "/actions/unscrobble", watchlist::unscrobble)
            .also_by("PUT", watchlist::unscrobble),
        provider("rateItem", "PUT", discover, "/actions/rate", watchlist::rate),
        row("searchDiscover", "GET", discover, "/library/search", catalogue::search),
        row("addToWatchlist", "PUT", discover, "/actions/addToWatchlist", watchlist::add),
        row("removeFromWatchlist", "PUT", discover, "/actions/removeFromWatchlist", watchlist::remove),
        row("getWatchlist", "GET", discover, "/library/sections/watchlist/{filter}", watchlist::watchlist),
        row("getPerson", "GET", discover, "/library/people/{tagKey}", catalogue::person),
        row("getPersonCredits", "GET", discover, "/library/people/{tagKey}/credits", catalogue::credits),
        row("getPromotedHubs", "GET", discover, "/hubs/promoted", catalogue::promoted),
        row("listHubsOfSection", "GET", discover, "/hubs/sections/{section}", catalogue::section),
        row("getHubSection", "GET", discover, "/hubs/sections/{section}/{hub}", catalogue::shelf_items),
        row("getPreferredServices", "GET", discover, "/settings/preferredServices", catalogue::preferred_services),
        row("createRssFeed", "POST", discover, "/rss", feeds::create),
        row("getDiscoverRssFeed", "GET", discover, "/rss/{feedUuid}", feeds::moved).with_secret_path(),
        row("getRssFeed", "GET", Host::Rss, "/{feedUuid}", feeds::read).with_secret_path(),
        row("getVodHubs", "GET", Host::Vod, "/hubs", catalogue::vod),
    ])
}

fn other_hosts() -> Vec<Row> {
    let (epg, together, notifications) = (Host::Epg, Host::Together, Host::Notifications);
    Vec::from([
        row("getLiveTvProvider", "GET", epg, "/", live_tv::provider),
        row("listLiveTvChannels", "GET", epg, "/lineups/plex/channels", live_tv::channels),
        row("getLiveTvGrid", "GET", epg, "/grid", live_tv::grid),
        row("getFavoriteChannels", "GET", epg, "/settings/favoriteChannels", live_tv::favorites),
        row("setFavoriteChannels", "PUT", epg, "/settings/favoriteChannels", live_tv::set_favorites),
        row("listWatchTogetherRooms", "GET", together, "/rooms", together::rooms),
        row("createWatchTogetherRoom", "POST", together, "/rooms", together::open),
        row("getWatchTogetherRoom", "GET", together, "/rooms/{roomId}", together::room).with_secret_path(),
        row("updateWatchTogetherRoom", "PATCH", together, "/rooms/{roomId}", together::update).with_secret_path(),
        row("leaveWatchTogetherRoom", "DELETE", together, "/rooms/{roomId}", together::leave).with_secret_path(),
        row("inviteToWatchTogetherRoom", "POST", together, "/rooms/{roomId}/invite", together::invite)
            .with_secret_path(),
        row("graphQl", "POST", Host::Community, "/api", community::query),
        row("sendPushNotification", "POST", notifications, "/api/v1/notifications", notifications::send),
        row(
            "updateNotificationSettings",
            "POST",
            notifications,
            "/api/v1/notifications/settings",
            notifications::update_settings,
        ),
    ])
}

fn not_served() -> Vec<Row> {
    const REQUEST: &str = "/api/v2/devices/{machineIdentifier}/certificate/csr";
    Vec::from([
        missing("submitDeviceCertificateRequest", "PUT", Host::PlexTv, REQUEST).also_on(Host::Clients),
        missing("getVodMetadata", "GET", Host::Vod, "/library/metadata/{ratingKey}"),
        missing("getMusicHubs", "GET", Host::Music, "/hubs"),
    ])
}

/// Returns the start of each path that has a secret after it, at its host and at the root.
pub(super) fn secret_prefixes() -> &'static [String] {
    static PREFIXES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let places = rows().filter(|row| row.path_is_secret).flat_map(|row| row.places);
        let prefixes = places.flat_map(|place| {
            let start = place.path.split('{').next().unwrap_or_default();
            [format!("{}{start}", place.host.prefix()), String::from(start)]
        });
        prefixes.filter(|prefix| prefix != "/").collect()
    });
    &PREFIXES
}

/// Returns the names of all operations that the sandbox serves.
/// [`Sandbox::next`](crate::Sandbox::next) takes these.
///
/// # Example
///
/// ```
/// assert!(plex_tv_sandbox::operations().any(|operation| operation == "getToken"));
/// ```
pub fn operations() -> impl Iterator<Item = &'static str> {
    routes().map(|route| route.operation)
}

/// Returns all operations that the sandbox serves, with their addresses.
///
/// # Example
///
/// ```
/// use plex_tv_sandbox::Host;
///
/// let on_discover = plex_tv_sandbox::routes().filter(|route| route.host == Host::Discover).count();
/// assert!(on_discover > 10);
/// ```
pub fn routes() -> impl Iterator<Item = Route> {
    rows().filter(|row| row.served).map(|row| row.route)
}

/// Parses the last segment of a path without its suffix, such as the id in `/devices/7.xml`.
pub(super) fn stem<N: FromStr>(file: &str, suffix: &str) -> Result<N, Fail> {
    file.strip_suffix(suffix).and_then(|stem| stem.parse().ok()).ok_or(Fail::NOT_FOUND)
}
