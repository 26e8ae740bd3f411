//! What may happen next.

use proptest::prelude::*;

/// A step. Keys and ciphertexts are picked by number, of those that there are.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Create { external: bool },
    Enable(usize),
    Disable(usize),
    Schedule(usize),
    Cancel(usize),
    EnableRotation(usize, u32),
    DisableRotation(usize),
    Rotate(usize),
    Import(usize, Import),
    DeleteMaterial(usize, Which),
    Encrypt(usize),
    Decrypt(usize),
    Minutes(u32),
    Days(u32),
    RunJobs,
    Restart,
}

/// How material is imported.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// Which material.
    pub(crate) material: u8,
    /// `ImportType`: new, existing, or not said.
    pub(crate) is_new: Option<bool>,
    /// For how many days it is valid, if not for good.
    pub(crate) days: Option<u32>,
    /// With which token.
    pub(crate) token: Token,
}

/// An import token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// One that was given out for this key; an old one if it still goes.
    Good,
    /// The first that was ever given out for this key, whether it still goes or not.
    Old,
    /// One of another key.
    Foreign,
    /// Whatever.
    Altered,
    /// A good one, with something that was not wrapped for it.
    Garbled,
}

/// Which material is deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// The one that encrypts.
    Unsaid,
    /// By number, of those that the key has.
    Known(usize),
    /// One that the key never had.
    Unknown,
}

impl Arbitrary for Action {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> BoxedStrategy<Self> {
        let number = 0usize..1000;
        prop_oneof![
            1 => any::<bool>().prop_map(|external| Self::Create { external }),
            3 => number.clone().prop_map(Self::Enable),
            2 => number.clone().prop_map(Self::Disable),
            1 => number.clone().prop_map(Self::Schedule),
            2 => number.clone().prop_map(Self::Cancel),
            2 => (number.clone(), 90u32..120).prop_map(|(key, days)| Self::EnableRotation(key, days)),
            1 => number.clone().prop_map(Self::DisableRotation),
            4 => number.clone().prop_map(Self::Rotate),
            8 => (number.clone(), import()).prop_map(|(key, import)| Self::Import(key, import)),
            3 => (number.clone(), which()).prop_map(|(key, which)| Self::DeleteMaterial(key, which)),
            5 => number.clone().prop_map(Self::Encrypt),
            4 => number.prop_map(Self::Decrypt),
            2 => (1u32..60 * 24).prop_map(Self::Minutes),
            1 => (1u32..100).prop_map(Self::Days),
            3 => Just(Self::RunJobs),
            1 => Just(Self::Restart),
        ]
        .boxed()
    }
}

fn import() -> impl Strategy<Value = Import> {
    let token = prop_oneof![
        12 => Just(Token::Good),
        1 => Just(Token::Old),
        1 => Just(Token::Foreign),
        1 => Just(Token::Altered),
        1 => Just(Token::Garbled),
    ];
    let days = prop_oneof![2 => Just(None), 1 => (1u32..60).prop_map(Some)];
    (0u8..4, any::<Option<bool>>(), days, token).prop_map(|(material, is_new, days, token)| {
        Import {
            material,
            is_new,
            days,
            token,
        }
    })
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        2 => Just(Which::Unsaid),
        3 => (0usize..4).prop_map(Which::Known),
        1 => Just(Which::Unknown),
    ]
}
