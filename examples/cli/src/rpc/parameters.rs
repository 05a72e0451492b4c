//! The parameters of a call, by their places.

use serde_json::{Map, Value};

use super::message::RpcError;
use super::options;

/// What follows the token.
#[derive(Clone, Copy)]
pub struct Parameters<'a>(pub &'a [Value]);

impl<'a> Parameters<'a> {
    pub fn is_there(self, place: usize) -> bool {
        self.0.get(place).is_some_and(|value| !value.is_null())
    }

    /// A text, which has to be there.
    pub fn text(self, place: usize) -> Result<&'a str, RpcError> {
        self.0.get(place).and_then(Value::as_str).ok_or_else(|| wrong(place, "text"))
    }

    /// A number, which has to be there; some clients write it as a text.
    pub fn number(self, place: usize) -> Result<i64, RpcError> {
        let number = match self.0.get(place) {
            Some(Value::String(text)) => text.parse().ok(),
            value => value.and_then(Value::as_i64),
        };
        number.ok_or_else(|| wrong(place, "number"))
    }

    /// An array of texts, which has to be there.
    pub fn texts(self, place: usize) -> Result<Vec<String>, RpcError> {
        let Some(Value::Array(texts)) = self.0.get(place) else {
            return Err(wrong(place, "array of texts"));
        };
        let texts = texts.iter().map(options::text).collect::<Result<_, _>>();
        texts.map_err(|_| wrong(place, "array of texts"))
    }

    /// The keys that are wanted; none if nothing is said.
    pub fn keys(self, place: usize) -> Result<Vec<String>, RpcError> {
        if self.is_there(place) { self.texts(place) } else { Ok(Vec::new()) }
    }

    pub fn options(self, place: usize) -> Result<Option<&'a Map<String, Value>>, RpcError> {
        match self.0.get(place) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(options)) => Ok(Some(options)),
            Some(_) => Err(wrong(place, "object")),
        }
    }
}

fn wrong(place: usize, wanted: &str) -> RpcError {
    RpcError::new(format!("The parameter at {place} is no {wanted}."))
}

/// A part of a list as aria2 takes it: from the start, or, with an offset below 0, from the
/// end and backwards.
pub fn slice<T>(mut all: Vec<T>, offset: i64, count: i64) -> Vec<T> {
    let count = usize::try_from(count).unwrap_or(0);
    let mut skipped = usize::try_from(offset).unwrap_or(usize::MAX);
    if offset < 0 {
        all.reverse();
        skipped = usize::try_from(-(offset + 1)).unwrap_or(usize::MAX);
    }
    all.into_iter().skip(skipped).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_offset_goes_backwards_from_the_end() {
        let all = || vec!['A', 'B', 'C', 'D'];
        for (offset, count, expected) in [
            (0, 2, "AB"),
            (1, 9, "BCD"),
            (4, 1, ""),
            (-1, 2, "DC"),
            (-2, 9, "CBA"),
            (-5, 1, ""),
            (0, 0, ""),
            (0, -1, ""),
            (i64::MIN, 1, ""),
            (i64::MAX, i64::MAX, ""),
        ] {
            let part: String = slice(all(), offset, count).into_iter().collect();
            assert_eq!(part, expected, "{offset}, {count}");
        }
    }

    #[test]
    fn a_parameter_of_another_kind_is_named_by_its_place() {
        let values = [Value::from(7), "x".into(), "8".into(), Value::Null];
        let given = Parameters(&values);
        assert_eq!(given.number(0).unwrap(), 7);
        assert_eq!(given.number(2).unwrap(), 8);
        assert_eq!(given.text(0).unwrap_err().message, "The parameter at 0 is no text.");
        assert!(given.number(1).is_err() && given.texts(1).is_err() && given.options(1).is_err());
        assert!(given.keys(3).unwrap().is_empty() && given.options(9).unwrap().is_none());
    }
}
