//! 用语表: an enumeration with, for each value, its word on the wire and what the screen says, written once.

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident $word:literal $label:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value),+
        }

        impl $name {
            pub const ALL: [$name; [$($word),+].len()] = [$($name::$value),+];

            /// What the screen says.
            pub fn label(self) -> &'static str {
                match self { $($name::$value => $label),+ }
            }

            /// The word on the wire, in rows, in golden tables and in the page's attributes.
            pub fn word(self) -> &'static str {
                match self { $($name::$value => $word),+ }
            }
        }
    };
}

pub(crate) use words;
