//! QR images as PNG: one bit per pixel and no compression, so that no image library is needed.

use qrcode::{Color, QrCode};

const MODULE_PIXELS: usize = 8;
const QUIET_MODULES: usize = 4;

/// Returns the QR image of `text`, or `None` if the text is too long.
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::new(text).ok()?;
    let modules = code.width();
    let colors = code.to_colors();
    let side = (modules + 2 * QUIET_MODULES) * MODULE_PIXELS;
    let is_dark = |x: usize, y: usize| {
        let x = (x / MODULE_PIXELS).checked_sub(QUIET_MODULES).filter(|x| *x < modules);
        let y = (y / MODULE_PIXELS).checked_sub(QUIET_MODULES).filter(|y| *y < modules);
        x.zip(y).is_some_and(|(x, y)| colors.get(y * modules + x) == Some(&Color::Dark))
    };
    Some(file(side, &pixels(side, is_dark)))
}

/// Returns the rows: a filter byte each, then packed pixels, where 1 is white.
fn pixels(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let mut rows = Vec::with_capacity(side * (side / 8 + 1));
    for y in 0..side {
        rows.push(0);
        for x in (0..side).step_by(8) {
            rows.push((0..8).fold(0, |byte, bit| byte << 1 | u8::from(!is_dark(x + bit, y))));
        }
    }
    rows
}

fn file(side: usize, rows: &[u8]) -> Vec<u8> {
    let side = u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [side, side].concat();
    header.extend([1, 0, 0, 0, 0]);

    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    chunk(&mut out, *b"IDAT", &zlib_stored(rows));
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    let checked_from = out.len();
    out.extend(kind);
    out.extend(data);
    out.extend(crc32(&out[checked_from..]).to_be_bytes());
}

fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(adler32(data).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_match_their_published_check_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn the_image_is_a_square_png() {
        let image = png("http://127.0.0.1:8080/link/?pin=7RQZ").unwrap();

        assert!(image.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(image[16..20], image[20..24]);
        assert!(image.ends_with(&[0xae, 0x42, 0x60, 0x82]));
    }
}
