//! The parts that every sheet needs: where the sheets are, the shared strings.

use super::limits;
use super::package::{Package, attribute};
use super::refused::WorkbookRefusal;
use quick_xml::events::Event;
use shared::exchange::export::manifest;

/// Where the parts of a workbook are.
#[derive(Debug, Default)]
pub struct PackageLayout {
    pub date_1904: bool,
    /// Visible worksheets in the order of their tabs: name and part.
    pub sheets: Vec<(String, String)>,
    /// The hidden sheet of a workbook exported here.
    pub manifest: Option<String>,
    pub strings: Option<String>,
    pub styles: Option<String>,
}

struct Relation {
    id: String,
    /// Last word of the relationship's type, such as `worksheet`.
    kind: String,
    part: String,
}

impl PackageLayout {
    pub fn read(package: &mut Package<'_>) -> Result<PackageLayout, WorkbookRefusal> {
        let top = relations(package, "_rels/.rels", "")?;
        let workbook = top
            .into_iter()
            .find(|r| r.kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_string(), |r| r.part);
        let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", workbook.as_str()));
        let related = relations(package, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let only = |kind: &str| related.iter().find(|r| r.kind == kind).map(|r| r.part.clone());
        let mut layout = PackageLayout {
            strings: only("sharedStrings"),
            styles: only("styles"),
            ..PackageLayout::default()
        };
        let mut part = package.part(&workbook)?.ok_or(WorkbookRefusal::NotAWorkbook)?;
        loop {
            match part.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "workbookPr" => {
                        let flag = attribute(&start, "date1904")?;
                        layout.date_1904 = matches!(flag.as_deref(), Some("1" | "true" | "on"));
                    }
                    "sheet" => {
                        let visible = attribute(&start, "state")?.is_none_or(|state| state == "visible");
                        let name = attribute(&start, "name")?.unwrap_or_default();
                        let name: String = name.chars().take(limits::SHEET_NAME).collect();
                        let id = attribute(&start, "id")?.unwrap_or_default();
                        let sheet = related.iter().find(|r| r.id == id && r.kind == "worksheet");
                        match sheet {
                            Some(sheet) if visible => layout.sheets.push((name, sheet.part.clone())),
                            Some(sheet) if name == manifest::SHEET => {
                                layout.manifest = Some(sheet.part.clone());
                            }
                            _ => {}
                        }
                        if layout.sheets.len() > limits::SHEETS {
                            return Err(WorkbookRefusal::TooManySheets);
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(layout),
                _ => {}
            }
        }
    }
}

/// The relationships of a part, with their targets as part names.
fn relations(package: &mut Package<'_>, name: &str, folder: &str) -> Result<Vec<Relation>, WorkbookRefusal> {
    let mut found = Vec::new();
    let Some(mut part) = package.part(name)? else { return Ok(found) };
    loop {
        match part.next()? {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let of = |name| attribute(&start, name).map(Option::unwrap_or_default);
                let kind = of("Type")?.rsplit('/').next().unwrap_or_default().to_string();
                found.push(Relation { id: of("Id")?, kind, part: resolved(folder, &of("Target")?) });
                if found.len() > limits::PARTS {
                    return Err(WorkbookRefusal::TooManyParts);
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A relationship's target as the name of a part: absolute, or relative to its folder.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_string();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

/// 共享字符串 in one piece of memory: a hostile table of millions of empty strings stays small.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub fn read(package: &mut Package<'_>, name: Option<&str>) -> Result<Strings, WorkbookRefusal> {
        let mut strings = Strings::default();
        let Some(mut part) = name.map(|name| package.part(name)).transpose()?.flatten() else {
            return Ok(strings);
        };
        loop {
            match part.next()? {
                Event::Start(start) if start.local_name().as_ref() == "si" => {
                    strings.text.push_str(&part.text("si")?);
                    strings.ends.push(strings.text.len());
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_relative_or_absolute() {
        assert_eq!(resolved("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/x", "../styles.xml"), "xl/styles.xml");
    }
}
