//! plex.tv's error codes.

use std::fmt;

macro_rules! codes {
    ($($number:literal $variant:ident $meaning:literal,)*) => {
        /// The meaning of one of plex.tv's error codes. Unknown codes are kept.
        ///
        /// The names come from the enumeration of one client. For most codes, only the meaning is
        /// known, but not every call that returns them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum PlexCode {
            $(
                #[doc = concat!(stringify!($number), ": ", $meaning, ".")]
                $variant,
            )*
            /// A code that this version does not know.
            Other(i64),
        }

        impl From<i64> for PlexCode {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl PlexCode {
            /// The number of the code, such as 1001.
            pub fn number(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// The meaning of the code, if it is known.
            pub fn meaning(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($meaning),)*
                    Self::Other(_) => None,
                }
            }
        }
    };
}

codes! {
    1000 ClientIdentifierMissing "the client identifier is missing",
    1001 Unauthenticated "the token or the password is missing, wrong or revoked",
    1002 NotFound "it was not found",
    1003 RateLimited "too many calls",
    1004 BadParameter "a parameter is missing or malformed",
    1005 MethodNotAllowed "the method is not supported here",
    1006 NotAcceptable "the requested format is not supported",
    1007 Internal "an internal error of plex.tv",
    1008 Unprocessable "the request cannot be processed",
    1009 NotForManagedUsers "managed users may not do this",
    1010 FieldBlank "a required field is blank",
    1011 ValueTaken "the value is taken",
    1012 PlexPassRequired "this needs a Plex Pass",
    1013 NotForAnonymousUsers "anonymous users may not do this",
    1014 AlreadyExists "it already exists",
    1015 OnlyForAnonymousUsers "only anonymous users may do this",
    1020 PinGone "the PIN or code is unknown or expired",
    1025 TwoFactorNotEnabled "two-factor sign-in is not set up",
    1026 TwoFactorSecretMissing "there is no two-factor secret",
    1027 TwoFactorAlreadyEnabled "two-factor sign-in is already set up",
    1028 VerificationCodeWrong "the verification code is wrong",
    1029 VerificationCodeRequired "a verification code is needed",
    1030 EmailSignInOnly "this account signs in by e-mail only",
    1031 AddressBlocked "this address is blocked after failed attempts",
    1032 PasswordTooShort "the password is too short",
    1033 PasswordTooWeak "the password is too weak",
    1034 PasswordIsName "the password is the name or the e-mail address",
    1035 EmailInvalid "the e-mail address is not valid",
    1036 UsernameIsOtherEmail "the user name is somebody else's e-mail address",
    1037 UsernameCharacters "the user name has characters that are not allowed",
    1038 PinNotFourDigits "the PIN must be four digits",
    1039 PasswordsDiffer "the two passwords differ",
    1040 PasswordRequired "the password is needed or wrong",
    1041 PinRequired "the PIN is needed or wrong",
    1042 RoleMissing "the user lacks the role for this",
    1043 Forbidden "this user may not do this",
    1044 ProviderPasswordRequired "the password is needed for the provider",
    1045 PasswordAndCodeRequired "password and verification code are needed",
    1046 PasswordAndCodeRequiredToo "password and verification code are needed",
    1047 UsernameInvalid "the user name is not valid",
    1048 UsernameUnavailable "the user name is taken",
    1049 PaymentProblem1049 "the payment failed",
    1050 PaymentProblem1050 "the payment failed",
    1051 PaymentProblem1051 "the payment failed",
    1052 AlreadySubscribed "there is already a subscription",
    1053 PlanNotAllowed1053 "the plan is not offered to this user",
    1054 PlanNotAllowed1054 "the plan is not offered to this user",
    1055 DiscountInvalid "the discount token is not valid",
    1056 DiscountUsed "the discount was already used",
    1057 ProviderTokenInvalid "the provider's token is not valid",
    1058 ProviderTokenInvalidToo "the provider's token is not valid",
    1059 ProviderAlreadyLinked "the provider is already linked",
    1060 CloudServer "the cloud server failed",
    1061 ProviderAccessRevoked "the provider revoked its access",
    1062 ResetTokenInvalid "the reset token is expired or wrong",
    1063 PasswordInvalid "the password is wrong",
    1064 ProviderLinkedElsewhere "the provider is linked to another account",
    1065 SettingsFormat "the settings have the wrong form",
    1066 SubscriptionProblem1066 "there is a problem with the subscription",
    1067 SubscriptionProblem1067 "there is a problem with the subscription",
    1068 DeviceNotYours "the device is not yours",
    1069 CodeExpired "the code expired",
    1070 ProviderUnreachable "the provider could not be reached",
    1071 WebhookAddressInvalid "the webhook's address is not valid",
    1072 AnonymousTokenInvalid "the anonymous token is not valid",
    1073 CertificateMissing "https was requested without a certificate",
    1080 ServerTokenRequired "a server's token is needed",
    1090 PromotionConflict "the promotion code does not fit",
    1097 DeviceRemoved "the device was removed: make a new client identifier and key",
    1998 Validation "a value is not valid",
    1999 Request "the request cannot be fulfilled",
}

impl PlexCode {
    /// Whether it is about a password, a PIN, a second factor or the way of signing in, and not
    /// about the token.
    pub(super) fn is_about_a_password(self) -> bool {
        matches!(self.number(), 1028..=1031 | 1040 | 1041 | 1044..=1046 | 1057 | 1058 | 1061..=1063)
    }
}

impl fmt::Display for PlexCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.number())?;
        self.meaning().map_or(Ok(()), |meaning| write!(f, ": {meaning}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_number_and_others_are_kept() {
        assert_eq!(PlexCode::from(1029), PlexCode::VerificationCodeRequired);
        assert_eq!(PlexCode::from(1029).number(), 1029);
        assert_eq!(PlexCode::from(4711), PlexCode::Other(4711));
        assert_eq!(PlexCode::from(1012).to_string(), "code 1012: this needs a Plex Pass");
        assert_eq!(PlexCode::from(4711).to_string(), "code 4711");
    }
}
