//! What the tablet's app is doing: which screen, whose session, which visits. Provided as a context to every screen.

use super::net;
use super::storage_room::StorageRoom;
use super::vault::{self, Unlocked, Vault};
use super::visit::Visit;
use super::visit_store;
use crate::kernel::pause::Pause;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::api::session::ReadMe;
use shared::kernel::ids::{AccountId, CaseId};
use shared::sync::site::api::{ReadSiteBundle, ReadSiteTasks, SiteBundle, SiteTask};
use std::rc::Rc;

/// Before it is looked again whether the covered app may forget its key, in milliseconds.
const FORGET_AFTER_MS: u32 = 1_000;

/// What the screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    Opening,
    /// 已在另一窗口打开.
    OtherWindow,
    /// The browser does not store or encrypt; why.
    Unusable(String),
    /// Nobody of this tablet is signed in.
    SignIn,
    /// 登记本机, by whoever is signed in.
    Enrol,
    Unlock(Box<Vault>),
    Tasks,
    Visit(CaseId, VisitPage),
}

/// A page of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitPage {
    Home,
    /// 清单项, by position.
    Item(usize),
    Assets,
    Photos,
    Conclusion,
    Sync,
    Conflicts,
}

/// Whose session the browser has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The server has not answered yet.
    Unknown,
    /// The person's who unlocked.
    Ours,
    /// Nobody's or another person's.
    Ended,
}

/// The app; copies are the same.
#[derive(Clone, Copy)]
pub struct Site {
    pub screen: RwSignal<Screen>,
    pub session: RwSignal<SessionState>,
    /// What the server listed last.
    pub tasks: RwSignal<Vec<SiteTask>>,
    pub visits: RwSignal<Vec<Visit>>,
    /// What could not be done, in one line.
    pub problem: RwSignal<Option<Problem>>,
    pub room: RwSignal<StorageRoom>,
    unlocked: StoredValue<Option<Rc<Unlocked>>, LocalStorage>,
    owner: StoredValue<Option<Owner>>,
}

impl Site {
    pub fn provide() -> Site {
        let site = Site {
            screen: RwSignal::new(Screen::Opening),
            session: RwSignal::new(SessionState::Unknown),
            tasks: RwSignal::new(Vec::new()),
            visits: RwSignal::new(Vec::new()),
            problem: RwSignal::new(None),
            room: RwSignal::new(StorageRoom::default()),
            unlocked: StoredValue::new_local(None),
            owner: StoredValue::new(Owner::current()),
        };
        provide_context(site);
        site
    }

    /// Makes signals that live as long as the app.
    pub fn own<T>(self, make: impl FnOnce() -> T) -> T {
        match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }

    pub fn unlocked(self) -> Option<Rc<Unlocked>> {
        self.unlocked.get_value()
    }

    pub fn account(self) -> Option<AccountId> {
        self.unlocked().map(|unlocked| unlocked.account.clone())
    }

    pub fn visit(self, id: &CaseId) -> Option<Visit> {
        self.visits.with(|visits| visits.iter().copied().find(|visit| visit.id() == *id))
    }

    /// The first screen of whoever takes the tablet up.
    pub async fn begin(self) {
        match vault::list().await {
            Ok(vaults) => match vaults.into_iter().max_by_key(|vault| vault.used_ms) {
                Some(vault) => self.screen.set(Screen::Unlock(Box::new(vault))),
                None => self.sign_in_or_enrol().await,
            },
            Err(trouble) => self.screen.set(Screen::Unusable(trouble)),
        }
    }

    /// 登记 for whoever is signed in, else 登录; a person enrolled already unlocks.
    pub async fn sign_in_or_enrol(self) {
        let Ok(account) = net::session_of(&ReadMe {}).await else { return self.screen.set(Screen::SignIn) };
        let vaults = vault::list().await.unwrap_or_default();
        match vaults.into_iter().find(|vault| vault.account == account) {
            Some(vault) => self.screen.set(Screen::Unlock(Box::new(vault))),
            None => self.screen.set(Screen::Enrol),
        }
    }

    /// Opens what the person has on this tablet.
    pub async fn enter(self, unlocked: Unlocked) {
        let unlocked = Rc::new(unlocked);
        // Behind the lock of this window the same visits may still wait for storage.
        let is_same = self.account().is_some_and(|account| account == unlocked.account);
        self.unlocked.set_value(Some(Rc::clone(&unlocked)));
        if !is_same || self.visits.with_untracked(Vec::is_empty) {
            self.close_visits();
            match visit_store::downloaded(&unlocked.cipher).await {
                Ok(bundles) => {
                    let mut visits = Vec::new();
                    for bundle in bundles {
                        match Visit::open(self, &unlocked, bundle).await {
                            Ok(visit) => visits.push(visit),
                            Err(trouble) => return self.screen.set(Screen::Unusable(trouble)),
                        }
                    }
                    self.visits.set(visits);
                }
                Err(trouble) => return self.screen.set(Screen::Unusable(trouble)),
            }
        }
        self.screen.set(Screen::Tasks);
        self.follow_session();
    }

    /// Asks whose session it is, and reads the tasks when it is the person's.
    pub fn follow_session(self) {
        let Some(unlocked) = self.unlocked() else { return };
        spawn_local(async move {
            let session = match net::session_of(&ReadMe {}).await {
                Ok(account) if account == unlocked.account => SessionState::Ours,
                Ok(_) => SessionState::Ended,
                Err(problem) if problem.status == 401 => SessionState::Ended,
                Err(_) => SessionState::Unknown,
            };
            self.session.set(session);
            if session == SessionState::Ours {
                match net::read(&ReadSiteTasks { device: unlocked.device.clone() }).await {
                    Ok(read) => self.tasks.set(read.tasks),
                    Err(problem) => self.problem.set(Some(problem)),
                }
                self.visits.with_untracked(|visits| visits.iter().for_each(|visit| visit.send_now()));
            }
        });
    }

    /// 下载: brings a visit onto this tablet.
    pub async fn download(self, id: CaseId) -> Result<(), Problem> {
        let Some(unlocked) = self.unlocked() else { return Ok(()) };
        let reply = net::raw(&ReadSiteBundle { visit: id, device: unlocked.device.clone() }).await;
        let bundle: SiteBundle = net::counted(&reply)?;
        if !bundle.is_verified(&unlocked.key) {
            let detail = "下载的内容未通过校验，请在可信的网络下重新下载。";
            return Err(Problem::new(0, "site.unverified", "下载未完成", detail));
        }
        let visit = Visit::download(self, &unlocked, bundle, &reply.body).await;
        let visit = visit.map_err(|trouble| Problem::new(0, "site.storage", "未存本机", trouble))?;
        self.visits.update(|visits| visits.push(visit));
        Ok(())
    }

    /// 锁定: covers the screen at once; what is typed is stored before its key is forgotten.
    pub fn lock(self) {
        if self.unlocked().is_none() {
            return;
        }
        self.visits.with_untracked(|visits| visits.iter().for_each(|visit| visit.save_now()));
        self.screen.set(Screen::Opening);
        spawn_local(async move {
            self.begin().await;
            // A window that cannot store stays covered, with its key, and loses nothing.
            while matches!(self.screen.get_untracked(), Screen::Unlock(_)) {
                if self.is_saved() {
                    self.close_visits();
                    self.unlocked.set_value(None);
                    self.tasks.set(Vec::new());
                    return;
                }
                Pause::default().wait(FORGET_AFTER_MS).await;
            }
        });
    }

    /// Whether everything typed is in storage.
    pub fn is_saved(self) -> bool {
        let is_saved = |visit: &Visit| visit.read_once(|device| device.is_saved());
        self.visits.with_untracked(|visits| visits.iter().all(is_saved))
    }

    fn close_visits(self) {
        self.visits.with_untracked(|visits| visits.iter().for_each(|visit| visit.close()));
        self.visits.set(Vec::new());
    }
}
