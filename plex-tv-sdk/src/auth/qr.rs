//! An address as a QR code made of text.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

use crate::Error;

/// Draws two rows of modules per line of text, with the margin that scanners need. The light
/// modules are drawn, because most terminals are dark.
pub(super) fn text(address: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L)
        .map_err(|_| Error::invalid_input("the address is too long for a QR code"))?;
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build())
}
