//! 次序: sorting and gathering in one copy. The library's sort is made anew for every type it is used with, and each
//! copy travels to every browser; here it is made once, for places in a list.

use std::cmp::Ordering;

/// The items in order; those that compare equal stay as they were.
pub fn stable_sort<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = places(items.len(), &|one, other| compare(&items[one], &items[other]));
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| items[place].take()).collect()
}

fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| compare(*one, *other));
    places
}

/// A map or set of the items, put in one by one: collecting them would sort them first.
pub fn collect_into<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn one_copy_sorts_and_gathers_as_the_library_does(items: Vec<(u8, u16)>) {
            let mut sorted = items.clone();
            sorted.sort_by_key(|item| item.0);
            prop_assert_eq!(stable_sort(items.clone(), |a, b| a.0.cmp(&b.0)), sorted);
            let collected: BTreeMap<u8, u16> = items.iter().copied().collect();
            prop_assert_eq!(collect_into::<BTreeMap<u8, u16>, _>(items), collected);
        }
    }
}
