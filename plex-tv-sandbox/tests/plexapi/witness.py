"""Calls a sandbox through python-plexapi, an independent client.

Usage: witness.py BASE_ADDRESS

Prints a line for each call: `ok NAME`, `retired NAME: reason` if plex.tv itself has retired it, or
`failed NAME: reason`. Exits with 0 if nothing failed. Only loopback addresses are called.
"""

import os
import sys
import tempfile
import time
from urllib.parse import parse_qs, urlsplit

# The settings of the current user must not change the result.
os.environ["PLEXAPI_CONFIG_PATH"] = os.path.join(tempfile.gettempdir(), "no-such-plexapi-config.ini")
os.environ["PLEXAPI_HEADER_IDENTIFIER"] = "plexapi-witness"

import requests
from plexapi import BASE_HEADERS, X_PLEX_IDENTIFIER
from plexapi.exceptions import BadRequest
from plexapi.myplex import MyPlexAccount, MyPlexJWTLogin, MyPlexPinLogin
from plexapi.sync import MediaSettings, Policy, SyncItem
from requests.adapters import HTTPAdapter

BASE = sys.argv[1].rstrip("/")
EMAIL, PASSWORD = "user@example.com", "sandbox-password"
FRIEND_EMAIL = "friend@example.com"
LIVING_ROOM = "1" * 40

# The path prefix of each host in the sandbox.
PREFIXES = {
    "plex.tv": "",
    "clients.plex.tv": "/clients",
    "discover.provider.plex.tv": "/discover",
    "metadata.provider.plex.tv": "/metadata",
    "vod.provider.plex.tv": "/vod",
    "music.provider.plex.tv": "/music",
    "sonos.plex.tv": "/sonos",
}


class ToTheSandbox(HTTPAdapter):
    """Sends requests for plex.tv to the sandbox, and refuses requests to any other machine."""

    def send(self, request, **kwargs):
        kwargs["proxies"] = {}
        parts = urlsplit(request.url)
        if parts.hostname in PREFIXES:
            query = f"?{parts.query}" if parts.query else ""
            request.url = f"{BASE}{PREFIXES[parts.hostname]}{parts.path}{query}"
        elif parts.hostname != "127.0.0.1":
            raise requests.exceptions.ConnectionError(f"{parts.hostname} is not this machine")
        return super().send(request, **kwargs)


def new_session():
    session = requests.Session()
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, ToTheSandbox())
    return session


SESSION = new_session()
failures = 0


def call(name, action):
    """Runs a call. It fails by raising an exception."""
    global failures
    try:
        action()
    except Exception as error:  # any error fails only this call
        failures += 1
        print(f"failed {name}: {type(error).__name__}: {error}".replace("\n", " "))
    else:
        print(f"ok {name}")


def retired(name, reason, action):
    """Runs a call that must be answered with 410."""
    global failures
    try:
        action()
    except BadRequest as error:
        if "(410)" in str(error):
            print(f"retired {name}: {reason}")
            return
        failures += 1
        print(f"failed {name}: {error}".replace("\n", " "))
    else:
        failures += 1
        print(f"failed {name}: plex.tv answers 410 to this, but the sandbox did not")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def approve(code):
    """Approves a code, as the user does in a browser."""
    answer = SESSION.post(f"{BASE}/sandbox/approve", data={"code": code}, timeout=10)
    check(answer.json() == {"state": "approved"}, answer.text)


def wait(login, token):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if login.checkLogin():
            return token(login)
        time.sleep(0.1)
    raise AssertionError("the login did not finish within 20 seconds")


account = MyPlexAccount(EMAIL, PASSWORD, session=SESSION)
print("ok sign-in")


def account_details():
    same = MyPlexAccount(token=account.authToken, session=SESSION)
    check(same.email == EMAIL and same.username == "exampleuser", same.email)
    check(same.subscriptionActive and same.subscriptionPlan == "lifetime", same.subscriptionPlan)
    check("webhooks" in same.subscriptionFeatures and "plexpass" in same.roles, same.roles)
    check(same.profileDefaultAudioLanguage == "en" and same.homeSize == 3, same.homeSize)


call("account", account_details)
call("ping", lambda: check(account.ping() is True, "no pong"))


def resources():
    names = [resource.name for resource in account.resources()]
    check(names == ["Living Room Server", "Server of a Friend", "Cabin Server", "Bedroom TV"], names)


call("resources", resources)


def connect():
    server = account.resource("Living Room Server").connect(timeout=5)
    check(server.machineIdentifier == LIVING_ROOM, server.machineIdentifier)


call("connect", connect)


def devices():
    device = account.device(clientId=X_PLEX_IDENTIFIER)
    check(device.token == account.authToken, "another token")
    check(device.product == BASE_HEADERS["X-Plex-Product"], device.product)


call("devices", devices)


def users():
    names = {user.title: user for user in account.users()}
    check(set(names) == {"examplefriend", "Kid", "Teen"}, list(names))
    check(names["Kid"].home and names["Teen"].protected, "Home")
    share = names["Kid"].server("Living Room Server")
    check([section.title for section in share.sections()] == ["Movies", "TV Shows", "Music", "Photos"], "sections")
    check(names["Kid"].get_token(LIVING_ROOM), "no token")


call("users", users)

V1_INVITES = "plex.tv has answered 410 to invites of version 1 since 2024-07 (sent) and 2025-07 (received)"
retired("invites sent", V1_INVITES, lambda: account.pendingInvites(includeReceived=False))
retired("invites received", V1_INVITES, lambda: account.pendingInvites(includeSent=False))


def home_switch():
    check(account.switchHomeUser("Kid").title == "Kid", "not Kid")
    check(account.switchHomeUser("Teen", pin="2468").title == "Teen", "not Teen")
    try:
        account.switchHomeUser("Teen", pin="0000")
    except Exception as error:
        check("(401)" in str(error), error)
    else:
        raise AssertionError("a wrong PIN was accepted")


call("home switch", home_switch)
call("webhooks list", lambda: check(account.webhooks() == [], "not empty"))


def add_webhook():
    check(account.addWebhook("http://127.0.0.1:9/hook") == ["http://127.0.0.1:9/hook"], "not added")
    check(account.webhooks() == ["http://127.0.0.1:9/hook"], "not there")
    check(account.deleteWebhook("http://127.0.0.1:9/hook") == [], "not deleted")


call("webhooks add", add_webhook)


def watchlist():
    items = account.watchlist(maxresults=20)
    check(len(items) == 20 and items[0].title == "Example Movie 1", len(items))
    check(items[4].type == "show" and items[4].title == "Example Show 5", items[4].type)
    shows = account.watchlist(libtype="show", sort="titleSort:desc")
    check(len(shows) == 25 and shows[0].title == "Example Show 95", len(shows))
    check(all(item.type == "show" for item in shows), "not only shows")


call("watchlist list", watchlist)
call("watchlist paged", lambda: check(len(account.watchlist()) == 250, "not 250"))


def watchlist_state():
    item = account.watchlist(maxresults=1)[0]
    check(account.onWatchlist(item), "not on it")
    check(account.userState(item).watchlistedAt, "no time")


call("watchlist state", watchlist_state)


def watchlist_remove():
    item = account.watchlist(maxresults=1)[0]
    account.removeFromWatchlist(item)
    check(not account.onWatchlist(item), "still on it")
    check(len(account.watchlist()) == 249, "not 249")


call("watchlist remove", watchlist_remove)


def watchlist_add():
    item = account.searchDiscover("Example Movie 300")[0]
    account.addToWatchlist(item)
    check(account.onWatchlist(item), "not on it")
    check(account.watchlist(maxresults=1)[0].guid == item.guid, "not the first")


call("watchlist add", watchlist_add)


def search():
    found = account.searchDiscover("example show 5", libtype="show")
    check([item.title for item in found][0] == "Example Show 5", found)
    check(account.searchDiscover("nothing is called so") == [], "something was found")


call("search", search)


def mark_played():
    item = account.searchDiscover("Example Movie 12")[0]
    check(not account.isPlayed(item), "played before")
    account.markPlayed(item)
    check(account.isPlayed(item), "not played")
    account.markUnplayed(item)
    check(not account.isPlayed(item), "still played")


call("user state", lambda: check(account.userState(account.watchlist(maxresults=1)[0]).viewCount == 0, "viewed"))
call("mark played", mark_played)


def invite_friend():
    account.inviteFriend(FRIEND_EMAIL, LIVING_ROOM, sections=["Movies"], allowSync=True,
                         filterMovies={"contentRating": ["G", "PG"]})
    friend = account.user("examplefriend")
    check(friend.allowSync and friend.filterMovies == "contentRating=G%2CPG", friend.filterMovies)
    check(friend.server("Living Room Server").pending, "not pending")
    account.updateFriend(friend, LIVING_ROOM, sections=["Movies", "TV Shows"], allowSync=False)
    friend = account.user("examplefriend")
    check(friend.server("Living Room Server").numLibraries == 2 and not friend.allowSync, "not updated")
    account.removeFriend(friend)
    check(account.user("examplefriend").servers == [], "still shared")


call("invite a friend", invite_friend)


def create_home_user():
    account.createHomeUser("Grandma", LIVING_ROOM, sections=["Movies"])
    grandma = account.user("Grandma")
    check(grandma.home and grandma.server("Living Room Server").numLibraries == 1, "not shared")
    account.setManagedUserPin(grandma, "1357")
    check(account.switchHomeUser("Grandma", pin="1357").title == "Grandma", "not Grandma")
    account.removeManagedUserPin(grandma)
    account.removeHomeUser(grandma)
    check("Grandma" not in [user.title for user in account.users()], "still there")


call("create a Home user", create_home_user)


def set_pin():
    account.setPin("4321")
    check(MyPlexAccount(token=account.authToken, session=SESSION).protected, "not protected")
    account.removePin("4321")


call("Home PIN", set_pin)


def opt_outs():
    account.optOut(playback=True)
    account.optOut(library=True)
    privacy = SESSION.get("https://plex.tv/api/v2/user/privacy", headers={
        "X-Plex-Client-Identifier": X_PLEX_IDENTIFIER, "X-Plex-Token": account.authToken, "Accept": "application/json",
    }, timeout=10).json()
    check(privacy["optOutPlayback"] and privacy["optOutLibraryStats"], privacy)


call("opt-outs", opt_outs)
call("view state read", lambda: check(account.viewStateSync is None, "answered before"))


def view_state():
    account.enableViewStateSync()
    check(account.viewStateSync is True, "not on")
    account.disableViewStateSync()
    check(account.viewStateSync is False, "not off")


call("view state enable", view_state)
call("claim token", lambda: check(account.claimToken().startswith("claim-"), "no claim"))


def media_sources():
    sources = {source.key: source for source in account.onlineMediaSources()}
    check(sources["tv.plex.provider.vod"].value == "opt_in", "VOD")
    sources["tv.plex.provider.news"].optIn()
    again = {source.key: source.value for source in account.onlineMediaSources()}
    check(again["tv.plex.provider.news"] == "opt_in", again)


call("online media sources", media_sources)


def video_on_demand():
    hubs = account.videoOnDemand()
    check([hub.title for hub in hubs] == ["Popular Movies", "Free Shows"], hubs)
    check(len(hubs[0]._partialItems) == 12, "items")


call("VOD", video_on_demand)
call("public IP", lambda: check(account.publicIP() == "203.0.113.7", "another address"))
call("geoip", lambda: check(account.geoip("203.0.113.7").country == "United Kingdom", "another country"))
call("sonos", lambda: check([speaker.title for speaker in account.sonos_speakers()] == ["Kitchen", "Office"], "speakers"))


def sync_items():
    check(account.syncItems().items == [], "not empty")
    wanted = SyncItem.__new__(SyncItem)
    wanted.title, wanted.rootTitle, wanted.metadataType, wanted.contentType = "Example", "Movies", "movie", "video"
    wanted.machineIdentifier, wanted.location = LIVING_ROOM, "library:///item/x"
    wanted.policy, wanted.mediaSettings = Policy("all", False), MediaSettings()
    # Only a device that declares itself a sync target can be one.
    original = BASE_HEADERS["X-Plex-Provides"]
    BASE_HEADERS["X-Plex-Provides"] = "sync-target"
    try:
        made = account.sync(wanted)
    finally:
        BASE_HEADERS["X-Plex-Provides"] = original
    listed = account.syncItems().items
    check([item.id for item in listed] == [made.id] and listed[0].title == "Example", listed)
    made.delete()
    check(account.syncItems().items == [], "not deleted")


call("sync items", sync_items)


def as_device(identifier):
    return {**BASE_HEADERS, "X-Plex-Client-Identifier": identifier}


def pin_link_login():
    login = MyPlexPinLogin(session=SESSION, headers=as_device("witness-link"))
    check(len(login.pin) == 4, login.pin)
    approve(login.pin)
    check(MyPlexAccount(token=wait(login, lambda done: done.token), session=SESSION).email == EMAIL, "another account")


call("PIN link login", pin_link_login)


def pin_oauth_login():
    login = MyPlexPinLogin(session=SESSION, headers=as_device("witness-oauth"), oauth=True)
    fragment = parse_qs(login.oauthUrl().split("#!?")[1])
    code = fragment["code"][0]
    check(len(code) == 25, code)
    approve(code)
    check(MyPlexAccount(token=wait(login, lambda done: done.token), session=SESSION).email == EMAIL, "another account")


call("PIN OAuth login", pin_oauth_login)


def link():
    login = MyPlexPinLogin(session=SESSION, headers=as_device("witness-linked"))
    code = login.pin
    account.link(code)
    check(wait(login, lambda done: done.token), "no token")


call("link from a signed-in app", link)


def jwt_login():
    login = MyPlexJWTLogin(session=SESSION, headers=as_device("witness-jwt"), oauth=True)
    login.generateKeypair()
    login.run(timeout=20)
    approve(parse_qs(login.oauthUrl().split("#!?")[1])["code"][0])
    check(login.waitForLogin(), "no login")
    check(login.verifyJWT(), "not valid")
    first = login.jwtToken
    check(login.refreshJWT() and login.verifyJWT(), "not renewed")
    check(login.decodedJWT["email"] == EMAIL and first.count(".") == 2, login.decodedJWT)


call("JWT login with renewal", jwt_login)


def jwt_linked():
    login = MyPlexJWTLogin(session=SESSION, headers=as_device("witness-jwt-linked"), oauth=True)
    login.generateKeypair()
    login.run(timeout=20)
    account.link(parse_qs(login.oauthUrl().split("#!?")[1])["code"][0])
    check(login.waitForLogin() and login.verifyJWT(), "no login")


call("JWT login linked by a signed-in app", jwt_linked)


def jwt_registration():
    pin = MyPlexPinLogin(session=SESSION, headers=as_device("witness-registered"))
    approve(pin.pin)
    token = wait(pin, lambda done: done.token)
    login = MyPlexJWTLogin(session=SESSION, headers=as_device("witness-registered"), token=token)
    login.generateKeypair()
    login.registerDevice()
    check(login.refreshJWT() and login.verifyJWT(), "no JWT")


call("JWT registration", jwt_registration)


def sign_out():
    account.signout()
    try:
        account.ping()
    except Exception as error:
        check("(401)" in str(error), error)
    else:
        raise AssertionError("still signed in")


call("sign-out", sign_out)
sys.exit(1 if failures else 0)
