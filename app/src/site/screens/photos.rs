//! 照片: taken or chosen, each with its item, its caption and how far its bytes are.

use super::entry::{Entry, EntryKind, is_closed};
use super::frame::Frame;
use crate::kernel::random_id::new_id;
use crate::site::crypto::sha256;
use crate::site::moment::now;
use crate::site::photo;
use crate::site::state::{Screen, Site, VisitPage};
use crate::site::storage_room::{self, StorageRoom};
use crate::site::typing::{VisitCell, row, rows, text};
use crate::site::visit::{SaveTime, Visit};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::cases::site_visit::form::{CHECKLIST, PHOTOS};
use shared::kernel::hash::hex;
use shared::kernel::ids::RowId;
use shared::sync::site::blob::BlobUpload;
use shared::sync::site::operation::SitePhoto;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Blob, File, HtmlInputElement, Url};

/// Adds one photo, of `item` where it is given.
async fn add(site: Site, visit: Visit, file: File, item: Option<RowId>) -> Result<(), String> {
    let room = storage_room::ask().await;
    site.room.set(room);
    if room == StorageRoom::Exhausted {
        return Err("存储已近上限，暂不能拍照，请先联网送达并清理本机空间".to_string());
    }
    let picture = photo::encode(&file).await?;
    let taken_at = js_sys::Date::new(&(now().wall_ms as f64).into()).to_iso_string();
    let photo = SitePhoto {
        hash: hex(&sha256(&picture.content).await?),
        item: item.map(|item| Arc::from(item.as_str())),
        taken_at: taken_at.as_string().map(Arc::from),
        width: picture.width,
        height: picture.height,
        bytes: picture.content.len() as u64,
        ..SitePhoto::default()
    };
    let added = visit
        .act(SaveTime::AtOnce, |device| device.add_photo(RowId::new(new_id("p")), photo, picture.content));
    added.map_err(|refusal| refusal.to_string())
}

/// 拍照 or a file; what is refused says why.
#[component]
pub fn AddPhoto(visit: Visit, #[prop(optional)] item: Option<RowId>) -> impl IntoView {
    let site = expect_context::<Site>();
    let (fault, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let item = StoredValue::new(item);
    let chosen = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let files = input.files();
        let files: Vec<File> = files
            .map(|files| (0..files.length()).filter_map(|at| files.get(at)).collect())
            .unwrap_or_default();
        input.set_value("");
        fault.set(String::new());
        busy.set(true);
        spawn_local(async move {
            for file in files {
                if let Err(why) = add(site, visit, file, item.get_value()).await {
                    fault.try_set(why);
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <div class="site-photo-add">
            <label class="button" class:busy=busy>
                {move || if busy.get() { "正在处理…" } else { "拍照或选择照片" }}
                <input type="file" data-act="photo" accept="image/jpeg,image/png,image/webp" capture="environment" multiple=true
                    disabled=move || busy.get() || is_closed(visit) on:change=chosen/>
            </label>
            <p role="alert" data-count="photo-fault">{move || fault.get()}</p>
        </div>
    }
}

/// How many photos name an item.
pub fn photos_of(visit: Visit, item: &RowId) -> usize {
    rows(visit, PHOTOS).iter().filter(|row| text(row, "item") == item.as_str()).count()
}

#[component]
pub fn PhotosScreen(visit: Visit) -> impl IntoView {
    let photos =
        Memo::new(move |_| rows(visit, PHOTOS).into_iter().map(|row| row.id).collect::<Vec<RowId>>());
    view! {
        <Frame title="照片".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <AddPhoto visit/>
            <p role="status" data-count="photos">{move || format!("共 {} 张", photos.with(Vec::len))}</p>
            <div class="site-cards">{move || photos.get().into_iter().map(|id| view! { <PhotoCard visit id/> }).collect_view()}</div>
        </Frame>
    }
}

/// Where the bytes are.
fn upload_text(visit: Visit, hash: &str) -> String {
    visit.read(|device| match device.stored().blobs.get(hash) {
        _ if device.unsaved_content().contains_key(hash) => "未存本机".to_string(),
        None => "在另一台设备".to_string(),
        Some(record) => match record.upload {
            BlobUpload::Waiting => "已存本机".to_string(),
            BlobUpload::Offset(offset) => format!("正在送达 {}%", offset * 100 / record.bytes.max(1)),
            BlobUpload::Delivered => "已送达".to_string(),
        },
    })
}

#[component]
fn PhotoCard(visit: Visit, id: RowId) -> impl IntoView {
    let photo = untrack(|| row(visit, PHOTOS, &id));
    let part = |field: &str| photo.as_ref().map(|row| text(row, field).to_string()).unwrap_or_default();
    let (hash, taken_at) = (part("hash"), part("taken_at"));
    let item = RowId::new(part("item"));
    let item = untrack(|| row(visit, CHECKLIST, &item)).map(|row| text(&row, "matter").to_string());
    let item = item.unwrap_or_else(|| "未指明清单项".to_string());
    let (badge, name) = (StoredValue::new(hash.clone()), hash.clone());
    view! {
        <article class="site-card" data-photo=name>
            <Picture visit hash/>
            <p>{item}</p>
            <Entry visit cell=VisitCell { table: PHOTOS, row: id, field: "caption" } label="说明" kind=EntryKind::Line/>
            <p class="quiet">{format!("设备声明：{taken_at}")}</p>
            <span class="word" data-count="upload">{move || badge.with_value(|hash| upload_text(visit, hash))}</span>
        </article>
    }
}

/// The picture, once its bytes are read from storage.
#[component]
fn Picture(visit: Visit, hash: String) -> impl IntoView {
    let address = RwSignal::new(None::<String>);
    spawn_local(async move {
        let Some(content) = visit.photo(&hash).await else { return };
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(content.as_slice()));
        let shown =
            Blob::new_with_u8_array_sequence(&parts).and_then(|blob| Url::create_object_url_with_blob(&blob));
        if let Ok(shown) = shown {
            address.try_set(Some(shown));
        }
    });
    on_cleanup(move || {
        if let Some(Some(address)) = address.try_get_untracked() {
            // It fails only for an address that is none.
            let _ = Url::revoke_object_url(&address);
        }
    });
    view! {
        <div class="site-picture">{move || address.get().map(|address| view! { <img src=address alt="照片"/> })}</div>
    }
}
