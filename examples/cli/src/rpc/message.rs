//! JSON-RPC 2.0 as aria2 speaks it: single calls, batches and `system.multicall`.

use std::cell::Cell;

use serde_json::{Value, json};

use crate::failure::describe;

/// Calls in one message, more of which are refused.
const CALLS_MAX: usize = 1000;

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const INVALID_PARAMS: i64 = -32602;
/// What aria2 has for all that fails.
const FAILED: i64 = 1;

/// Why a call failed.
#[derive(Debug)]
pub struct RpcError {
    pub code: i64,
    pub message: String,
}

impl RpcError {
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: FAILED, message: message.into() }
    }

    fn to_json(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }
}

impl From<bgcopy_core::Error> for RpcError {
    fn from(error: bgcopy_core::Error) -> Self {
        Self::new(describe(error.code, &error.message).replace("\n  ", ": "))
    }
}

/// What can be called.
pub trait Methods {
    /// True if a call with this token may be carried out.
    fn takes_token(&self, token: Option<&str>) -> bool;

    fn call(&self, method: &str, parameters: &[Value]) -> Result<Value, RpcError>;
}

/// The answer to a message, and the status of HTTP that goes with it.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

/// Carries out a message.
pub fn answer(message: &[u8], methods: &dyn Methods) -> Answer {
    let invalid = || {
        let error = RpcError { code: INVALID_REQUEST, message: "Invalid Request.".to_owned() };
        failed(Value::Null, &error)
    };
    let carrier = Carrier { methods, is_refused: Cell::new(false) };
    match serde_json::from_slice(message) {
        Err(error) => {
            let message = format!("Parse error: {error}");
            failed(Value::Null, &RpcError { code: PARSE_ERROR, message })
        }
        Ok(Value::Array(calls)) if (1..=CALLS_MAX).contains(&calls.len()) => {
            let answers = calls.iter().map(|call| carrier.carry_out(call).unwrap_or_else(invalid));
            done(answers.map(|answer| answer.body).collect())
        }
        Ok(call) => carrier.carry_out(&call).unwrap_or_else(invalid),
    }
}

fn done(body: Value) -> Answer {
    Answer { status: 200, body }
}

fn failed(id: Value, error: &RpcError) -> Answer {
    let status = match error.code {
        FAILED | INVALID_REQUEST => 400,
        _ => 500,
    };
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() });
    Answer { status, body }
}

/// Carries out the calls of one message.
struct Carrier<'a> {
    methods: &'a dyn Methods,
    /// A token was wrong: no other is looked at, so that one message is one guess.
    is_refused: Cell<bool>,
}

impl Carrier<'_> {
    /// None if it is no call.
    fn carry_out(&self, call: &Value) -> Option<Answer> {
        let (id, method) = (call.get("id")?, call.get("method")?.as_str()?);
        if !matches!(id, Value::Null | Value::String(_) | Value::Number(_)) {
            return None;
        }
        let result = match call.get("params") {
            None | Some(Value::Null) => self.dispatch(method, &[]),
            Some(Value::Array(parameters)) => self.dispatch(method, parameters),
            Some(_) => {
                let message = "Invalid params: an array is wanted.".to_owned();
                Err(RpcError { code: INVALID_PARAMS, message })
            }
        };
        Some(match result {
            Ok(result) => done(json!({ "jsonrpc": "2.0", "id": id, "result": result })),
            Err(error) => failed(id.clone(), &error),
        })
    }

    fn dispatch(&self, method: &str, parameters: &[Value]) -> Result<Value, RpcError> {
        let (token, rest) = match parameters.split_first() {
            Some((Value::String(first), rest)) if first.starts_with("token:") => {
                (first.strip_prefix("token:"), rest)
            }
            Some(_) | None => (None, parameters),
        };
        match method {
            "system.multicall" => self.multicall(rest),
            // They have nothing that is not in the documentation.
            "system.listMethods" | "system.listNotifications" => self.methods.call(method, rest),
            _ => {
                if self.is_refused.get() || !self.methods.takes_token(token) {
                    self.is_refused.set(true);
                    return Err(RpcError::new("Unauthorized"));
                }
                self.methods.call(method, rest)
            }
        }
    }

    /// Each call with a token of its own; each result in an array, or an error.
    fn multicall(&self, parameters: &[Value]) -> Result<Value, RpcError> {
        let Some(Value::Array(calls)) = parameters.first() else {
            return Err(RpcError::new("The parameter at 0 is no array."));
        };
        if calls.len() > CALLS_MAX {
            return Err(RpcError::new(format!("More than {CALLS_MAX} calls in one message.")));
        }
        let results = calls.iter().map(|call| {
            let method = call.get("methodName").and_then(Value::as_str);
            let result = match (method, call.get("params")) {
                (Some("system.multicall"), _) => {
                    Err(RpcError::new("Recursive system.multicall is forbidden."))
                }
                (Some(method), None) => self.dispatch(method, &[]),
                (Some(method), Some(Value::Array(parameters))) => self.dispatch(method, parameters),
                (Some(_), Some(_)) | (None, _) => {
                    Err(RpcError::new("methodName or params of a call are missing or wrong."))
                }
            };
            result.map_or_else(|error| error.to_json(), |result| json!([result]))
        });
        Ok(results.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Knows one method, and the token `s`; counts the tokens that were looked at.
    #[derive(Default)]
    struct Echo {
        guesses: Cell<usize>,
    }

    impl Methods for Echo {
        fn takes_token(&self, token: Option<&str>) -> bool {
            self.guesses.set(self.guesses.get() + 1);
            token == Some("s")
        }

        fn call(&self, method: &str, parameters: &[Value]) -> Result<Value, RpcError> {
            match method {
                "echo" => Ok(json!(parameters)),
                _ => Err(RpcError::new(format!("No such method: {method}"))),
            }
        }
    }

    fn said(message: &Value) -> (u16, Value) {
        let answer = answer(message.to_string().as_bytes(), &Echo::default());
        (answer.status, answer.body)
    }

    #[test]
    fn a_call_is_answered_with_its_id_and_without_its_token() {
        for id in [json!("x"), json!(7), Value::Null] {
            let call = json!({ "id": id, "method": "echo", "params": ["token:s", 1, ["a"]] });
            let expected = json!({ "jsonrpc": "2.0", "id": id, "result": [1, ["a"]] });
            assert_eq!(said(&call), (200, expected));
        }
    }

    #[test]
    fn what_is_no_call_is_refused_in_aria2s_words() {
        let code = |message: &[u8]| {
            let answer = answer(message, &Echo::default());
            (answer.status, answer.body["error"]["code"].as_i64())
        };
        assert_eq!(code(b"{"), (500, Some(-32700)));
        assert_eq!(code(b"\xff"), (500, Some(-32700)));
        for message in ["7", "[]", "{}", r#"{"method":"echo"}"#, r#"{"id":[],"method":"echo"}"#] {
            assert_eq!(code(message.as_bytes()), (400, Some(-32600)), "{message}");
        }
        let named = r#"{"id":1,"method":"echo","params":{}}"#;
        assert_eq!(code(named.as_bytes()), (500, Some(-32602)));
        let (status, body) = said(&json!({ "id": 1, "method": "echo", "params": [] }));
        assert_eq!((status, &body["error"]["message"]), (400, &json!("Unauthorized")));
        assert_eq!(body["error"]["code"], 1);
        let many: Value = (0..=CALLS_MAX).map(|id| json!({ "id": id, "method": "echo" })).collect();
        assert_eq!(said(&many).0, 400);
        assert_eq!(code("[".repeat(10_000).as_bytes()), (500, Some(-32700)));
    }

    #[test]
    fn a_batch_answers_each_and_a_wrong_token_ends_the_guessing() {
        let call = |id: u32, token: &str| {
            let params = json!([format!("token:{token}")]);
            json!({ "jsonrpc": "2.0", "id": id, "method": "echo", "params": params })
        };
        let batch = json!([call(1, "s"), 7, call(2, "wrong"), call(3, "s")]);
        let echo = Echo::default();
        let answers = answer(batch.to_string().as_bytes(), &echo).body;
        assert_eq!(answers[0]["result"], json!([]));
        assert_eq!(answers[1]["error"]["code"], -32600);
        for refused in [2, 3] {
            assert_eq!(answers[refused]["error"]["message"], "Unauthorized", "{answers}");
        }
        assert_eq!(echo.guesses.get(), 2);
    }

    #[test]
    fn a_multicall_has_each_result_in_an_array_and_each_error_as_it_is() {
        let calls = json!([
            { "methodName": "echo", "params": ["token:s", 1] },
            { "methodName": "none", "params": ["token:s"] },
            { "methodName": "system.multicall", "params": [[]] },
            { "methodName": "echo", "params": {} },
            { "params": [] },
            { "methodName": "echo" },
        ]);
        let (status, body) =
            said(&json!({ "id": 1, "method": "system.multicall", "params": [calls] }));
        let results = &body["result"];
        assert_eq!((status, &results[0]), (200, &json!([[1]])));
        assert_eq!(results[1], json!({ "code": 1, "message": "No such method: none" }));
        for wrong in 2..=5 {
            assert_eq!(results[wrong]["code"], 1, "{results}");
        }
        assert_eq!(results[5]["message"], "Unauthorized");
    }
}
