//! Every operation with a JSON reply, by its id: the call, and the type on its own.

use plex_tv_sdk::{
    Error, RejectedRow, ResponseValue, Rows,
    plex_tv::{Client, types},
    prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

macro_rules! replies {
    ($($id:literal: $type:ty = |$api:ident| $call:expr;)*) => {
        /// Is there a JSON reply to decode?
        pub fn has_json_reply(operation: &str) -> bool {
            [$($id),*].contains(&operation)
        }

        /// Makes the call, with the least of arguments, and gives back what its type makes of the reply.
        pub async fn call(client: &Client, operation: &str) -> Result<Value, Error> {
            match operation {
                $($id => {
                    let $api = client;
                    let reply: ResponseValue<$type> = $call.send().await?;
                    Ok(serde_json::to_value(reply.into_inner()).unwrap())
                })*
                _ => panic!("{operation} has no JSON reply"),
            }
        }

        /// Decodes by the type alone and encodes again.
        pub fn decode(operation: &str, body: &str) -> Result<Value, serde_json::Error> {
            match operation {
                $($id => there_and_back::<$type>(body),)*
                _ => panic!("{operation} has no JSON reply"),
            }
        }
    };
}

replies! {
    "createAnonymousUser": types::User = |api| api.create_anonymous_user();
    "exchangeJwtToken": types::ExchangedToken = |api| api.exchange_jwt_token().body_map(|body| body.jwt("EXAMPLE-JWT"));
    "getAuthKeys": types::AuthKeys = |api| api.get_auth_keys();
    "getAuthNonce": types::AuthNonce = |api| api.get_auth_nonce();
    "getCompanionsData": types::CompanionList = |api| api.get_companions_data();
    "getDevices": Rows<types::Resource> = |api| api.get_devices();
    "getFeatures": types::FeatureList = |api| api.get_features();
    "getGeoData": types::GeoData = |api| api.get_geo_data();
    "getHomeData": types::Home = |api| api.get_home_data();
    "getPin": types::PinInfo = |api| api.get_pin();
    "getPrivacySettings": types::Privacy = |api| api.get_privacy_settings();
    "getToken": types::PinInfo = |api| api.get_token().pin_id(1);
    "getUserDetails": types::User = |api| api.get_user_details();
    "getUserOptOutSettings": types::OptOutSettings = |api| api.get_user_opt_out_settings();
    "getUserOptOuts": types::OptOutList = |api| api.get_user_opt_outs().uuid("0123456789abcdef");
    "getUserSettings": types::SettingList = |api| api.get_user_settings();
    "getViewStateSync": types::ViewStateSync = |api| api.get_view_state_sync();
    "listAccountDevices": Rows<types::AccountDevice> = |api| api.list_account_devices();
    "ping": types::PingReply = |api| api.ping();
    "signIn": types::User = |api| api.sign_in().body_map(|body| body.login("user").password("EXAMPLE-PASSWORD"));
}

fn there_and_back<T: DeserializeOwned + Serialize>(body: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<T>(body).and_then(serde_json::to_value)
}

/// The rows that are set aside, of the operations that read row by row.
pub fn rejected(operation: &str, body: &str) -> Vec<RejectedRow> {
    fn of<T: DeserializeOwned>(body: &str) -> Vec<RejectedRow> {
        let rows: Rows<T> = serde_json::from_str(body).unwrap();
        rows.rejected().to_vec()
    }

    match operation {
        "getDevices" => of::<types::Resource>(body),
        "listAccountDevices" => of::<types::AccountDevice>(body),
        _ => panic!("{operation} does not read row by row"),
    }
}
