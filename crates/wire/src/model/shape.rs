//! A shape of the API model: how its values are read, and what holds of them.

use super::path::Path;
use super::rule::{Rule, Violations};
use super::token::FromWire;

/// A shape of the API model.
pub(crate) trait Shape {
    /// A value of the right JSON type, its constraints unchecked.
    type Raw: FromWire;

    /// A value that keeps the constraints.
    type Value;

    /// The constraints, longest and greatest first as AWS lists them.
    const RULES: &'static [Rule];

    /// Checks a value; nothing comes back if it breaks a constraint, which is then noted.
    fn check(raw: Self::Raw, at: &Path<'_>, violations: &mut Violations) -> Option<Self::Value>;
}

/// Declares the shapes of a model, one line each:
///
/// ```text
/// KeyIdType: string(1, 2048);                         at least 1, at most 2048 characters
/// AliasNameType: string(1, 256, "^[a-z]+$" => name);  … and the predicate that decides the pattern
/// MarkerType: string(up_to 1024);                     at most 1024 characters, of any pattern
/// DocumentType: string(at_least 1, ".+" => any);      at least 1 character
/// VersionIdType: string("v[0-9]+" => version);        a pattern and no other limit
/// ValueType: string();                                no limit
/// TokenType: sensitive(4, 20_000);                    a string that is not shown; takes what `string` takes
/// CiphertextType: blob(1, 6144);                      bytes
/// PlaintextType: secret(1, 4096);                     bytes, wiped when dropped
/// LimitType: integer(1, 1000);                        a number in the range
/// BooleanType: boolean();
/// DateType: instant();                                a number of seconds since the unix epoch
/// TagKeyList: scalars(TagKeyType);                    a list of scalars, of any length
/// GrantTokenList: scalars(GrantTokenType, 0, 10);     … or of so many elements
/// KeyList: scalars(KeyType, up_to 50);                … or of no more than so many
/// TagList: structures(Tag);                           a list of structures; takes what `scalars` takes
/// EncryptionContextType: strings_by_name();           a map of strings to strings
/// ```
macro_rules! shapes {
    ($($name:ident: $kind:ident($($arguments:tt)*);)*) => {
        $($crate::model::shapes!(@$kind $name $($arguments)*);)*

        /// Every shape's name and rules, for comparison with the model.
        #[cfg(test)]
        pub(super) const TABLE: &[(&str, &[$crate::model::Rule])] =
            &[$((stringify!($name), <$name as $crate::model::Shape>::RULES)),*];
    };
    (@string $name:ident $($limits:tt)*) => {
        $crate::model::shapes!(@text $name, String, "A string"; $($limits)*);
    };
    (@sensitive $name:ident $($limits:tt)*) => {
        $crate::model::shapes!(@text $name, $crate::model::Sensitive, "A sensitive string"; $($limits)*);
    };
    (@text $name:ident, $type:ty, $what:literal;) => {
        $crate::model::shapes!(@shape $name, $type, $type, [], concat!($what, "."), $crate::model::check_scalar);
    };
    (@text $name:ident, $type:ty, $what:literal; $regex:literal => $matches:path) => {
        $crate::model::shapes!(@shape $name, $type, $type, [Matches($regex, $matches)],
            concat!($what, " that matches `", $regex, "`."),
            $crate::model::check_scalar);
    };
    (@text $name:ident, $type:ty, $what:literal;
        $min:literal, $max:literal $(, $regex:literal => $matches:path)?
    ) => {
        $crate::model::shapes!(@shape $name, $type, $type,
            [Longest($max), Shortest($min) $(, Matches($regex, $matches))?],
            concat!($what, " of ", $min, " to ", $max, " characters" $(, " that matches `", $regex, "`")?, "."),
            $crate::model::check_scalar);
    };
    (@text $name:ident, $type:ty, $what:literal;
        up_to $max:literal $(, $regex:literal => $matches:path)?
    ) => {
        $crate::model::shapes!(@shape $name, $type, $type,
            [Longest($max) $(, Matches($regex, $matches))?],
            concat!($what, " of up to ", $max, " characters" $(, " that matches `", $regex, "`")?, "."),
            $crate::model::check_scalar);
    };
    (@text $name:ident, $type:ty, $what:literal;
        at_least $min:literal $(, $regex:literal => $matches:path)?
    ) => {
        $crate::model::shapes!(@shape $name, $type, $type,
            [Shortest($min) $(, Matches($regex, $matches))?],
            concat!($what, " of at least ", $min, " characters" $(, " that matches `", $regex, "`")?, "."),
            $crate::model::check_scalar);
    };
    (@blob $name:ident $min:literal, $max:literal) => {
        $crate::model::shapes!(@shape $name, Vec<u8>, Vec<u8>, [Longest($max), Shortest($min)],
            concat!("A blob of ", $min, " to ", $max, " bytes, in base64."),
            $crate::model::check_scalar);
    };
    (@secret $name:ident $min:literal, $max:literal) => {
        $crate::model::shapes!(@shape $name, zeroize::Zeroizing<Vec<u8>>, zeroize::Zeroizing<Vec<u8>>,
            [Longest($max), Shortest($min)],
            concat!("A secret blob of ", $min, " to ", $max, " bytes, in base64."),
            $crate::model::check_scalar);
    };
    (@integer $name:ident $min:literal, $max:literal) => {
        $crate::model::shapes!(@shape $name, i64, i64, [AtMost($max), AtLeast($min)],
            concat!("A number from ", $min, " to ", $max, "."),
            $crate::model::check_scalar);
    };
    (@boolean $name:ident) => {
        $crate::model::shapes!(@shape $name, bool, bool, [], "`true` or `false`.",
            |raw, _, _, _| Some(raw));
    };
    (@instant $name:ident) => {
        $crate::model::shapes!(@shape $name, $crate::json::EpochSeconds, $crate::json::EpochSeconds, [],
            "An instant, in seconds since the unix epoch.",
            |raw, _, _, _| Some(raw));
    };
    (@scalars $name:ident $element:ty $(, $($limits:tt)+)?) => {
        $crate::model::shapes!(@list $name, $element, check_scalars; $($($limits)+)?);
    };
    (@structures $name:ident $element:ty $(, $($limits:tt)+)?) => {
        $crate::model::shapes!(@list $name, $element, check_structures; $($($limits)+)?);
    };
    (@list $name:ident, $element:ty, $check:ident;) => {
        $crate::model::shapes!(@elements $name, $element, $check, [],
            concat!("A list of [`", stringify!($element), "`]."));
    };
    (@list $name:ident, $element:ty, $check:ident; $min:literal, $max:literal) => {
        $crate::model::shapes!(@elements $name, $element, $check, [Longest($max), Shortest($min)],
            concat!("A list of [`", stringify!($element), "`], ", $min, " to ", $max, " of them."));
    };
    (@list $name:ident, $element:ty, $check:ident; up_to $max:literal) => {
        $crate::model::shapes!(@elements $name, $element, $check, [Longest($max)],
            concat!("A list of [`", stringify!($element), "`], up to ", $max, " of them."));
    };
    (@elements $name:ident, $element:ty, $check:ident, [$($rules:tt)*], $doc:expr) => {
        $crate::model::shapes!(@shape $name,
            Vec<Option<<$element as $crate::model::Shape>::Raw>>,
            Vec<<$element as $crate::model::Shape>::Value>,
            [$($rules)*],
            $doc,
            $crate::model::$check::<$element>);
    };
    (@strings_by_name $name:ident) => {
        $crate::model::shapes!(@shape $name, $crate::model::RawStringMap,
            std::collections::BTreeMap<String, String>, [], "A map of strings to strings.",
            $crate::model::check_string_map);
    };
    (@shape $name:ident, $raw:ty, $value:ty, [$($rule:ident($($limit:expr),*)),*], $doc:expr, $check:expr) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl $crate::model::Shape for $name {
            type Raw = $raw;
            type Value = $value;
            const RULES: &'static [$crate::model::Rule] = &[$($crate::model::Rule::$rule($($limit),*)),*];

            fn check(
                raw: $raw,
                at: &$crate::model::Path<'_>,
                violations: &mut $crate::model::Violations,
            ) -> Option<$value> {
                $check(raw, Self::RULES, at, violations)
            }
        }
    };
}
pub(crate) use shapes;
