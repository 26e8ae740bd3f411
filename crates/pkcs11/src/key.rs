//! Keys in a token: made, found and destroyed by their id.

use std::fmt;

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::types::Ulong;

use crate::Error;
use crate::failure::{Trouble, is_stale_handle};
use crate::pool::Seat;
use crate::protection::{self, KEY_LEN};

/// The name of a key in its token (`CKA_ID`): 16 bytes that its owner draws at random, never to be used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// The id of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    /// As tools for tokens show it: 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Makes a key, unless there is one with this id. `begun` is kept from try to try: after a loss, a key that is there is taken
/// for the one that the first try made, if that came so far, since ids are not used twice.
pub(crate) fn generate(
    seat: &Seat<'_>,
    id: KeyId,
    label: &str,
    begun: &mut bool,
) -> Result<(), Trouble> {
    match matching(seat, id)?.as_slice() {
        // There may be one that is not seen without a login.
        [] => seat.look()?,
        [made] if *begun => return adopt(seat, id, *made),
        _ => return Err(Error::KeyExists { id }.into()),
    }
    *begun = true;
    let template = template(id, label);
    let made = seat
        .session
        .generate_key(&Mechanism::AesKeyGen, &template)?;
    if let Some(weakness) = protection::weakness(seat.session, made)? {
        seat.session.destroy_object(made)?;
        return Err(Error::KeyUnprotected { id, weakness }.into());
    }
    // Somebody else may have made one at the same time. Then neither is kept.
    if matching(seat, id)?.len() > 1 {
        seat.session.destroy_object(made)?;
        return Err(Error::KeyExists { id }.into());
    }
    seat.remember(id, made);
    Ok(())
}

/// Destroys a key for ever. `begun` is kept from try to try: after a loss, a key that is not there is taken for destroyed by
/// the first try, if that came so far.
pub(crate) fn destroy(seat: &Seat<'_>, id: KeyId, begun: &mut bool) -> Result<(), Trouble> {
    seat.forget(&id);
    let found = matching(seat, id)?;
    match found.as_slice() {
        [] => {
            seat.look()?;
            if *begun {
                return Ok(());
            }
            Err(Error::KeyNotFound { id }.into())
        }
        [handle] => {
            *begun = true;
            Ok(seat.session.destroy_object(*handle)?)
        }
        several => Err(Error::KeyAmbiguous {
            id,
            count: several.len(),
        }
        .into()),
    }
}

/// Does something with a key, which is looked for if its handle isn't known, or not known any more.
pub(crate) fn with<T>(
    seat: &Seat<'_>,
    id: KeyId,
    mut work: impl FnMut(ObjectHandle) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    if let Some(handle) = seat.handle(&id) {
        match work(handle) {
            Err(Trouble::Failed(error)) if is_stale_handle(&error) => seat.forget(&id),
            result => return result,
        }
    }
    work(locate(seat, id)?)
}

/// Finds the one key with this id, and refuses one that could leave the token.
pub(crate) fn locate(seat: &Seat<'_>, id: KeyId) -> Result<ObjectHandle, Trouble> {
    match matching(seat, id)?.as_slice() {
        [] => {
            seat.look()?;
            Err(Error::KeyNotFound { id }.into())
        }
        [handle] => {
            adopt(seat, id, *handle)?;
            Ok(*handle)
        }
        several => Err(Error::KeyAmbiguous {
            id,
            count: several.len(),
        }
        .into()),
    }
}

fn adopt(seat: &Seat<'_>, id: KeyId, handle: ObjectHandle) -> Result<(), Trouble> {
    if let Some(weakness) = protection::weakness(seat.session, handle)? {
        return Err(Error::KeyUnprotected { id, weakness }.into());
    }
    seat.remember(id, handle);
    Ok(())
}

fn matching(seat: &Seat<'_>, id: KeyId) -> Result<Vec<ObjectHandle>, Trouble> {
    Ok(seat.session.find_objects(&[
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Id(id.0.to_vec()),
    ])?)
}

/// What a key is to be. Everything is said, since the defaults of tokens differ.
fn template(id: KeyId, label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::ValueLen(Ulong::new(KEY_LEN)),
        Attribute::Id(id.0.to_vec()),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Sign(false),
        Attribute::Verify(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_as_tools_show_them() {
        let mut bytes = [0; 16];
        bytes[0] = 0xab;
        bytes[15] = 1;
        let id = KeyId::new(bytes);
        assert_eq!(id.to_string(), "ab000000000000000000000000000001");
        assert_eq!(format!("{id:?}"), format!("KeyId({id})"));
    }

    #[test]
    fn what_is_asked_for_is_what_is_demanded() {
        let template = template(KeyId::new([1; 16]), "label");
        // The token adds these itself.
        let with_origin = [
            template.as_slice(),
            &[
                Attribute::AlwaysSensitive(true),
                Attribute::NeverExtractable(true),
                Attribute::Local(true),
            ],
        ]
        .concat();
        assert_eq!(protection::weakness_in(&with_origin), None);
    }
}
