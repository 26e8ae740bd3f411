//! Enumerations whose values have a name at the API.

/// Defines an enumeration of the API's: `ALL`, `as_str` and `FromStr` come from one list.
macro_rules! names {
    ($(
        $(#[$outer:meta])*
        $name:ident {
            $($(#[$inner:meta])* $value:ident = $text:literal,)+
        }
    )+) => {$(
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$inner])* $value,)+
        }

        impl $name {
            /// All of them, in the order of the API model.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Its name at the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::key::UnknownName;

            fn from_str(text: &str) -> Result<Self, $crate::key::UnknownName> {
                match text {
                    $($text => Ok(Self::$value),)+
                    _ => Err($crate::key::UnknownName),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

pub(crate) use names;
