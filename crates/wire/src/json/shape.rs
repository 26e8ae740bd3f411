//! A shape of the API model: how its values are read, and what holds of them.

use super::path::Path;
use super::rule::{Rule, Violations};
use super::token::FromJson;

/// A shape of the API model.
pub(crate) trait Shape {
    /// A value of the right JSON type, its constraints unchecked.
    type Raw: FromJson;

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
/// CiphertextType: blob(1, 6144);                      bytes
/// PlaintextType: secret(1, 4096);                     bytes, wiped when dropped
/// LimitType: integer(1, 1000);                        a number in the range
/// BooleanType: boolean();
/// TagKeyList: scalars(TagKeyType);                    a list of scalars, of any length
/// GrantTokenList: scalars(GrantTokenType, 0, 10);     … or of so many elements
/// TagList: structures(Tag);                           a list of structures
/// EncryptionContextType: strings_by_name();           a map of strings to strings
/// ```
macro_rules! shapes {
    ($($name:ident: $kind:ident($($arguments:tt)*);)*) => {
        $($crate::json::shapes!(@$kind $name $($arguments)*);)*

        /// Every shape's name and rules, for comparison with the model.
        #[cfg(test)]
        pub(super) const TABLE: &[(&str, &[$crate::json::Rule])] =
            &[$((stringify!($name), <$name as $crate::json::Shape>::RULES)),*];
    };
    (@string $name:ident $min:literal, $max:literal) => {
        $crate::json::shapes!(@shape $name, String, String, [Longest($max), Shortest($min)],
            concat!("A string of ", $min, " to ", $max, " characters."),
            $crate::json::check_scalar);
    };
    (@string $name:ident $min:literal, $max:literal, $regex:literal => $matches:path) => {
        $crate::json::shapes!(@shape $name, String, String,
            [Longest($max), Shortest($min), Matches($regex, $matches)],
            concat!("A string of ", $min, " to ", $max, " characters that matches `", $regex, "`."),
            $crate::json::check_scalar);
    };
    (@blob $name:ident $min:literal, $max:literal) => {
        $crate::json::shapes!(@shape $name, Vec<u8>, Vec<u8>, [Longest($max), Shortest($min)],
            concat!("A blob of ", $min, " to ", $max, " bytes, in base64."),
            $crate::json::check_scalar);
    };
    (@secret $name:ident $min:literal, $max:literal) => {
        $crate::json::shapes!(@shape $name, zeroize::Zeroizing<Vec<u8>>, zeroize::Zeroizing<Vec<u8>>,
            [Longest($max), Shortest($min)],
            concat!("A secret blob of ", $min, " to ", $max, " bytes, in base64."),
            $crate::json::check_scalar);
    };
    (@integer $name:ident $min:literal, $max:literal) => {
        $crate::json::shapes!(@shape $name, i64, i64, [AtMost($max), AtLeast($min)],
            concat!("A number from ", $min, " to ", $max, "."),
            $crate::json::check_scalar);
    };
    (@boolean $name:ident) => {
        $crate::json::shapes!(@shape $name, bool, bool, [], "`true` or `false`.",
            |raw, _, _, _| Some(raw));
    };
    (@scalars $name:ident $element:ty $(, $min:literal, $max:literal)?) => {
        $crate::json::shapes!(@list $name, $element, check_scalars $(, $min, $max)?);
    };
    (@structures $name:ident $element:ty $(, $min:literal, $max:literal)?) => {
        $crate::json::shapes!(@list $name, $element, check_structures $(, $min, $max)?);
    };
    (@list $name:ident, $element:ty, $check:ident $(, $min:literal, $max:literal)?) => {
        $crate::json::shapes!(@shape $name,
            Vec<Option<<$element as $crate::json::Shape>::Raw>>,
            Vec<<$element as $crate::json::Shape>::Value>,
            [$(Longest($max), Shortest($min))?],
            concat!("A list of [`", stringify!($element), "`]" $(, ", ", $min, " to ", $max, " of them")?, "."),
            $crate::json::$check::<$element>);
    };
    (@strings_by_name $name:ident) => {
        $crate::json::shapes!(@shape $name, $crate::json::RawStringMap,
            std::collections::BTreeMap<String, String>, [], "A map of strings to strings.",
            $crate::json::check_string_map);
    };
    (@shape $name:ident, $raw:ty, $value:ty, [$($rule:ident($($limit:expr),*)),*], $doc:expr, $check:expr) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl $crate::json::Shape for $name {
            type Raw = $raw;
            type Value = $value;
            const RULES: &'static [$crate::json::Rule] = &[$($crate::json::Rule::$rule($($limit),*)),*];

            fn check(
                raw: $raw,
                at: &$crate::json::Path<'_>,
                violations: &mut $crate::json::Violations,
            ) -> Option<$value> {
                $check(raw, Self::RULES, at, violations)
            }
        }
    };
}
pub(crate) use shapes;
