//! 本机数据缺失: operations the server has seen of this device and the device does not have any more.

use super::device::VisitDevice;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Positions from 1 to `last` that are not among `held`, as ranges in order.
pub fn missing_ranges(last: u64, held: &BTreeSet<u64>) -> Vec<RangeInclusive<u64>> {
    let mut ranges = Vec::new();
    let mut next = 1;
    for seq in held.iter().copied().take_while(|seq| *seq <= last) {
        if seq > next {
            ranges.push(next..=seq - 1);
        }
        next = seq + 1;
    }
    if next <= last {
        ranges.push(next..=last);
    }
    ranges
}

/// What the screen says about missing operations; nothing where none is missing.
pub fn missing_text(ranges: &[RangeInclusive<u64>]) -> Option<String> {
    if ranges.is_empty() {
        return None;
    }
    let texts: Vec<String> = ranges
        .iter()
        .map(|range| match (range.start(), range.end()) {
            (start, end) if start == end => format!("第 {start} 条"),
            (start, end) => format!("第 {start}–{end} 条"),
        })
        .collect();
    Some(format!("本机数据缺失：{}", texts.join("、")))
}

impl VisitDevice {
    /// Operations of this device that only the server has.
    pub fn missing(&self) -> Vec<RangeInclusive<u64>> {
        let base = self.stored.base.as_ref().map_or(0, |base| base.head.seq);
        let adopted = self.stored.adopted.as_ref().map_or(0, |head| head.seq);
        let held = self.stored.outbox.keys().chain(self.stored.delivered.keys()).copied().collect();
        missing_ranges(base.max(adopted), &held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_operations_are_named_as_ranges() {
        let held = |seqs: &[u64]| seqs.iter().copied().collect::<BTreeSet<u64>>();
        let gone: BTreeSet<u64> = (1..=40).chain(58..=60).chain([62]).collect();
        let text = missing_text(&missing_ranges(63, &gone)).unwrap();
        assert_eq!(text, "本机数据缺失：第 41–57 条、第 61 条、第 63 条");
        assert_eq!(missing_ranges(2, &held(&[])), [1..=2]);
        assert_eq!(missing_ranges(2, &held(&[1, 2, 3])), [] as [RangeInclusive<u64>; 0]);
        assert_eq!(missing_text(&[]), None);
    }
}
