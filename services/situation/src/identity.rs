//! Finnish personal identity codes, so that they can be refused at the door.
//!
//! Form (Digital and Population Data Services Agency): `DDMMYY`, a century sign, a three-digit
//! individual number, and a check character: the nine digits modulo 31 in a fixed alphabet. Signs
//! since 2023: `+` for the 1800s; `-YXWVU` for the 1900s; `ABCDEF` for the 2000s.

const LENGTH: usize = 11;
const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// Whether `text` contains a valid identity code that no letter or digit precedes or follows.
/// Small letters count as capitals: a person typing one in a hurry is protected too.
#[must_use]
pub fn contains_identity_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < LENGTH {
        return false;
    }
    bytes.windows(LENGTH).enumerate().any(|(at, window)| {
        is_identity_code(window)
            && !text
                .get(..at)
                .is_some_and(|before| before.chars().next_back().is_some_and(char::is_alphanumeric))
            && !text
                .get(at + LENGTH..)
                .is_some_and(|after| after.chars().next().is_some_and(char::is_alphanumeric))
    })
}

fn is_identity_code(window: &[u8]) -> bool {
    let &[d1, d2, m1, m2, y1, y2, sign, n1, n2, n3, check] = window else { return false };
    let digits = [d1, d2, m1, m2, y1, y2, n1, n2, n3];
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let Some(century) = century(sign.to_ascii_uppercase()) else { return false };
    let number = |digits: &[u8]| digits.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let (day, month, year) = (number(&[d1, d2]), number(&[m1, m2]), century + number(&[y1, y2]));
    let individual = number(&[n1, n2, n3]);
    // 002-899 are given to people; 900-999 stand for people without a code, so they are people too.
    individual >= 2
        && is_date(year, month, day)
        && CHECK.get((number(&digits) % 31) as usize) == Some(&check.to_ascii_uppercase())
}

const fn century(sign: u8) -> Option<u32> {
    match sign {
        b'+' => Some(1800),
        b'-' | b'U'..=b'Y' => Some(1900),
        b'A'..=b'F' => Some(2000),
        _ => None,
    }
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    jiff::civil::Date::new(year, month, day).is_ok()
}

#[cfg(test)]
mod tests {
    use super::contains_identity_code;

    // The codes below are the agency's own published examples or computed for dates in the future.
    #[test]
    fn finds_codes_of_every_century_sign_in_any_surroundings() {
        for text in [
            "131052-308T",
            "131052W308T",
            "potilas 131052-308T, kiire",
            "(131052-308T)",
            "131052-308t",
            "id=131052-308T;",
            "\u{e4} 131052-308T",
        ] {
            assert!(contains_identity_code(text), "{text}");
        }
    }

    #[test]
    fn lets_pass_what_only_looks_like_one() {
        for text in [
            "20250101-0615",
            "131052-308S",       // wrong check character
            "321052-308T",       // no such day
            "x131052-308T",      // a letter before
            "\u{e4}131052-308T", // a letter before, not ASCII
            "131052-308T1",      // a digit after
            "131052_308T",
            "131052-30-8T",
            "",
            "\u{1F600}\u{1F600}\u{1F600}",
        ] {
            assert!(!contains_identity_code(text), "{text}");
        }
    }
}
