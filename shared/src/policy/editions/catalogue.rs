//! 参数目录: the names, types, ranges, labels, articles and sources of all parameters, and the laws that bind them.
//! Code, not data: an edition gives the values. The browser does not need it to compute and leaves it out.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
pub struct Catalogue {
    pub parameters: Vec<CatalogueEntry>,
    pub consistency: Vec<Law>,
}

/// One parameter.
#[derive(Debug, Deserialize)]
pub struct CatalogueEntry {
    pub name: String,
    /// Group of the screen and of the edition form, for example `year`.
    pub group: String,
    /// What people call it.
    pub label: String,
    pub unit: String,
    /// Article of the measures.
    pub article: u8,
    pub source: String,
    /// Value under 晋财行〔2022〕51号.
    pub default: Value,
    #[serde(flatten)]
    pub shape: Shape,
}

/// What a value looks like.
#[derive(Debug, Deserialize)]
pub struct Shape {
    #[serde(rename = "type")]
    pub kind: ShapeKind,
    /// Bounds of a number, both included; the least is 0 where none is given.
    #[serde(default)]
    pub min: i64,
    #[serde(default)]
    pub max: Option<i64>,
    /// null stands for "none".
    #[serde(default)]
    pub null: bool,
    /// A field of a record that may be left out.
    #[serde(default)]
    pub optional: bool,
    /// The words of an option, the parts of a tuple, or what a list or map holds.
    #[serde(default)]
    pub of: ShapeParts,
    /// The keys of a map, exactly; any where absent.
    #[serde(default)]
    pub keys: Option<Vec<String>>,
    /// The fields of a record.
    #[serde(default)]
    pub fields: BTreeMap<String, Shape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeKind {
    Percent,
    Ratio,
    Points,
    Money,
    Count,
    MonthDay,
    Text,
    Option,
    Clock,
    List,
    Tuple,
    Map,
    Record,
}

#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub enum ShapeParts {
    #[default]
    None,
    Words(Vec<String>),
    Parts(Vec<Shape>),
    Each(Box<Shape>),
}

/// A law between parameters.
#[derive(Debug, Deserialize)]
pub struct Law {
    /// `L-01` … `L-16`.
    pub code: String,
    pub says: String,
    pub law: LawKind,
    /// Names of the parameters it binds.
    pub of: Vec<String>,
    /// The part of each element it looks at: position in a tuple or field of a record.
    #[serde(default)]
    pub field: Value,
    /// What a sum comes to: a number or the name of a parameter.
    #[serde(default)]
    pub to: String,
    /// Whether a sum is over the parameters themselves instead of over their elements.
    #[serde(default)]
    pub scalars: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawKind {
    /// Each is at most the next.
    Order,
    Sum,
    /// Strictly, and the last is 0.
    Falling,
    NotRising,
}

impl Catalogue {
    /// The catalogue the program carries. Were it unreadable it would be empty, and no edition would pass.
    pub fn shipped() -> &'static Catalogue {
        static SHIPPED: LazyLock<Catalogue> =
            LazyLock::new(|| serde_json::from_str(include_str!("parameters.json")).unwrap_or_default());
        &SHIPPED
    }

    pub fn entry(&self, name: &str) -> Option<&CatalogueEntry> {
        self.parameters.iter().find(|entry| entry.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_names_ninety_two_parameters_and_sixteen_laws_about_them() {
        let catalogue = Catalogue::shipped();
        assert_eq!((catalogue.parameters.len(), catalogue.consistency.len()), (92, 16));
        for law in &catalogue.consistency {
            assert!(law.of.iter().all(|name| catalogue.entry(name).is_some()), "{}", law.code);
        }
    }
}
