//! An address as a QR code, in text.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

use crate::Error;

/// Two rows of modules in a line of text, with the margin that scanners need. What is drawn are the
/// light modules: most terminals are dark.
pub(super) fn text(address: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L)
        .map_err(|_| Error::invalid_input("the address is too long for a QR code"))?;
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build())
}
