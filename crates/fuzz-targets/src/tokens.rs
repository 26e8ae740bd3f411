//! Tokens that a node gave out: of grants, imports, sessions, and pages.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keystead_core::key_id::KeyId;
use keystead_server::clock::Clock as _;
use keystead_server::directory::Directory;
use keystead_server::sessions::NoSession;
use keystead_server::{grant_token, import_token};
use keystead_testkit::node::JsonService;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Credentials, NodeOptions, TestNode};
use serde_json::{Value, json};

use crate::node::{Kept, World, within};
use crate::parts::Parts;

/// How many bytes of a grant's token say of which grant it is; those behind them may be any.
const GRANT_BYTES: usize = 58;

/// What was given out.
struct Given {
    /// The key that the grant is on.
    granted: KeyId,
    grant: String,
    /// The key that waits for its material.
    external: KeyId,
    import: Vec<u8>,
    session: Credentials,
    page: String,
}

thread_local! {
    static WORLD: Kept<Given> = const { Kept::new(None) };
}

/// The first byte is the kind of token, and the second says what is shown: any bytes, or a token with changes.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let (kind, is_any) = (parts.byte() % 4, parts.byte().is_multiple_of(2));
    within(&WORLD, start, |world| {
        let shown = |original: &[u8]| match is_any {
            true => parts.rest().to_vec(),
            false => parts.edits(original),
        };
        match kind {
            0 => grant(world, &text(shown(world.made.grant.as_bytes()))),
            1 => import(world, &shown(&world.made.import)),
            2 => {
                let token = world.made.session.session_token.as_deref();
                session(world, &text(shown(token.unwrap_or_default().as_bytes())));
            }
            _ => page(world, &text(shown(world.made.page.as_bytes()))),
        }
    });
}

/// Other bytes than text don't come that far.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

fn with_directory<R>(world: &World<Given>, act: impl FnOnce(&Directory) -> R) -> R {
    let corridor = world.node.node.corridor();
    act(&corridor.regions.serving("us-east-1").directory)
}

/// A grant's token finds its grant, and no other text does.
fn grant(world: &World<Given>, token: &str) {
    let found = with_directory(world, |directory| grant_token::find(token, directory));
    if let Ok(found) = found {
        let made = |token: &str| URL_SAFE_NO_PAD.decode(token).expect("base64");
        let (shown, given) = (made(token), made(&world.made.grant));
        assert_eq!(shown.get(..GRANT_BYTES), given.get(..GRANT_BYTES));
        assert_eq!(shown.len(), given.len());
        assert_eq!(found.record.key, world.made.granted);
    } else {
        assert_ne!(token, world.made.grant);
    }
    if grant_token::check_id(token).is_ok() {
        assert_eq!(token.len(), 64);
    }
}

/// So does an import token.
fn import(world: &World<Given>, token: &[u8]) {
    let now = world.node.clock.now();
    let key = world.made.external;
    let found = with_directory(world, |directory| {
        import_token::find(token, key, directory, now)
    });
    assert_eq!(found.is_ok(), token == world.made.import);
    if let Ok(found) = found {
        assert_eq!(import_token::of(&found.record), token);
    }
}

/// A session's token is good with its access key.
fn session(world: &World<Given>, token: &str) {
    let now = world.node.clock.now();
    let given = &world.made.session;
    let sessions = &world.node.node.corridor().sessions;
    let is_given = given.session_token.as_deref() == Some(token);
    assert_eq!(sessions.is_ours(token), is_given);
    let found = sessions.find(&given.access_key_id, token, now);
    assert_eq!(found.is_ok(), is_given);
    let other = sessions.find("ASIAQNZGKIQY56JQ7WML", token, now);
    assert_eq!(other.err(), Some(NoSession::Invalid));
}

/// A page's token goes on where its page ended, or it is the caller's fault.
fn page(world: &World<Given>, token: &str) {
    let (events, aliases) = world.runtime.block_on(async {
        let input = json!({ "MaxResults": 1, "NextToken": token });
        let events = lookup(&world.node, &input).await;
        let input = json!({ "Limit": 1, "Marker": token });
        (
            events,
            world.node.call("ada", "ListAliases", &input).await.status,
        )
    });
    assert!([200, 400].contains(&events.0), "{}", events.0);
    assert!([200, 400].contains(&aliases), "{aliases}");
    if token == world.made.page {
        assert_eq!(events.0, 200);
    }
}

async fn lookup(node: &TestNode, input: &Value) -> (u16, Value) {
    let service = JsonService::CLOUDTRAIL;
    let answer = node
        .call_json(service, "ada", &[], "LookupEvents", input)
        .await;
    (answer.status, answer.json())
}

fn start() -> World<Given> {
    World::start(NodeOptions::new().admin("ada"), async |node, _| {
        let external = json!({ "Origin": "EXTERNAL" });
        let made = node.ok("ada", "CreateKey", &external).await;
        let id = member(&made, "/KeyMetadata/KeyId");
        let wrapping = json!({
            "KeyId": id, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048",
        });
        let parameters = node.ok("ada", "GetParametersForImport", &wrapping).await;
        let granted = node.key("ada", None).await;
        let grant = json!({
            "KeyId": granted, "GranteePrincipal": "arn:aws:iam::111122223333:user/ada", "Operations": ["DescribeKey"],
        });
        let grant = node.ok("ada", "CreateGrant", &grant).await;
        let ada = Credentials::of("ada");
        let session = node
            .query(QueryService::STS, &ada, "GetSessionToken", &[])
            .await;
        let (_, events) = lookup(node, &json!({ "MaxResults": 1 })).await;
        Given {
            granted: granted.parse().expect("a key id"),
            grant: member(&grant, "/GrantToken"),
            external: id.parse().expect("a key id"),
            import: STANDARD
                .decode(member(&parameters, "/ImportToken"))
                .expect("base64"),
            session: Credentials::shown_by(&session),
            page: member(&events, "/NextToken"),
        }
    })
}

fn member(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {pointer} in {answer}"))
        .to_owned()
}
