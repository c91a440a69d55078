/// A host of plex.tv that the sandbox serves. Each host has its own base address on the same port.
///
/// # Example
///
/// ```
/// use plex_tv_sandbox::Host;
///
/// assert_eq!(Host::Discover.name(), "discover.provider.plex.tv");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// `plex.tv`, at the root of the port.
    PlexTv,
    /// `clients.plex.tv`, which answers the calls of version 2 as `plex.tv` does.
    Clients,
    /// `discover.provider.plex.tv`: the catalogue and the watchlist.
    Discover,
    /// `metadata.provider.plex.tv`: the catalogue and what users watched.
    Metadata,
    /// `vod.provider.plex.tv`: free films.
    Vod,
    /// `music.provider.plex.tv`: known, but not served.
    Music,
    /// `epg.provider.plex.tv`: the guide of live TV.
    Epg,
    /// `community.plex.tv`: friends and what they want to watch, by GraphQL.
    Community,
    /// `together.plex.tv`: rooms of Watch Together.
    Together,
    /// `notifications.plex.tv`: messages to the mobile apps.
    Notifications,
    /// `rss.plex.tv`: feeds of watchlists.
    Rss,
    /// `sonos.plex.tv`: speakers.
    Sonos,
}

impl Host {
    /// Every host.
    ///
    /// ```
    /// use plex_tv_sandbox::Host;
    ///
    /// assert!(Host::ALL.contains(&Host::Vod));
    /// ```
    pub const ALL: [Self; 12] = [
        Self::PlexTv,
        Self::Clients,
        Self::Discover,
        Self::Metadata,
        Self::Vod,
        Self::Music,
        Self::Epg,
        Self::Community,
        Self::Together,
        Self::Notifications,
        Self::Rss,
        Self::Sonos,
    ];

    /// Returns the name of the host on the internet.
    ///
    /// ```
    /// assert_eq!(plex_tv_sandbox::Host::PlexTv.name(), "plex.tv");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlexTv => "plex.tv",
            Self::Clients => "clients.plex.tv",
            Self::Discover => "discover.provider.plex.tv",
            Self::Metadata => "metadata.provider.plex.tv",
            Self::Vod => "vod.provider.plex.tv",
            Self::Music => "music.provider.plex.tv",
            Self::Epg => "epg.provider.plex.tv",
            Self::Community => "community.plex.tv",
            Self::Together => "together.plex.tv",
            Self::Notifications => "notifications.plex.tv",
            Self::Rss => "rss.plex.tv",
            Self::Sonos => "sonos.plex.tv",
        }
    }

    /// Returns the path prefix of the host on the port of the sandbox. It is empty for `plex.tv`.
    ///
    /// ```
    /// assert_eq!(plex_tv_sandbox::Host::Epg.prefix(), "/epg");
    /// ```
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::PlexTv => "",
            Self::Clients => "/clients",
            Self::Discover => "/discover",
            Self::Metadata => "/metadata",
            Self::Vod => "/vod",
            Self::Music => "/music",
            Self::Epg => "/epg",
            Self::Community => "/community",
            Self::Together => "/together",
            Self::Notifications => "/notifications",
            Self::Rss => "/rss",
            Self::Sonos => "/sonos",
        }
    }
}
