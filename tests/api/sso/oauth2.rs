//! Sign-in by a platform of OAuth 2.0: it names people by their 人员编号, in plain or encrypted user information.

use super::platform::{CLIENT, Flaw, Platform, SECRET, userinfo};
use super::{SITE, bind, came_in, code, line};
use crate::accounts::{enrolled, order, ordered};
use crate::outbox::on_each;
use serde_json::{Value, json};
use server::{CipherAlgorithm, CipherMode, CipherText, Decryption, Oauth2Settings};
use shared::api::accounts::{AskOrder, DisableAccount};
use shared::api::session::{ReadMe, SignOut};
use shared::api::sso::{BeginSso, FinishSso, ReadSso, SsoProtocol, SsoSubject};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::AccountId;
use shared::policy::accounts::totp::TotpSecret;
use std::time::Duration;
use tests::{Database, Desk, World};

/// The user information `{"user":{"idcard_hash":"P-forest.filler","name":"李四"}}` as OpenSSL encrypts it with SM4 in CBC,
/// the initialisation vector before it.
const ENCRYPTED: &str = "AAECAwQFBgcICQoLDA0OD4ssD/FYNqrbznRzh8qwJvitcL9fghcOQdtdXA9tsw7Fpe1VpVLJiwxvK4P5xSnTfv62M7cQlXWn\
     5ZLp8B0Xb28=";

fn mapping(platform: &Platform) -> Oauth2Settings {
    Oauth2Settings {
        authorize: format!("{}/oauth2/authorize", platform.address),
        token: format!("{}/oauth2/token", platform.address),
        userinfo: format!("{}/oauth2/userinfo", platform.address),
        logout: Some(format!("{}/logout?back={SITE}/", platform.address)),
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.into()),
        scope: Some("user_info".into()),
        person_id: "data.user.idcard_hash".parse().unwrap(),
        name: "data.user.name".parse().unwrap(),
        decryption: None,
        pkce: true,
        authoritative: false,
        label: Some("山西省统一身份认证平台".into()),
    }
}

fn world(database: Database, mapping: Oauth2Settings) -> World {
    World::demo_with(database, |settings| {
        settings.public_url = Some(SITE.into());
        settings.sso.oauth2 = Some(mapping);
    })
}

/// What the browser brings back, once a person with this user information has signed in at the platform.
fn brought_back(visitor: &Desk, platform: &Platform, userinfo: Value) -> FinishSso {
    let begun = visitor.call(&BeginSso { protocol: SsoProtocol::Oauth2 });
    let (proof, state) = platform.authorize(&begun.address, userinfo);
    FinishSso { attempt: begun.attempt, state, proof, issuer: None, password: None, code: None }
}

fn with_password(back: &FinishSso, password: &str) -> FinishSso {
    FinishSso { password: Some(password.into()), ..back.clone() }
}

fn link(account: &str, subject: &str) -> AskOrder {
    bind(account, SsoProtocol::Oauth2, subject)
}

#[test]
fn whoever_the_platform_numbers_confirms_once_by_the_local_password_that_the_account_is_theirs() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = world(database, mapping(&platform));
        let mut visitor = world.visitor();
        assert_eq!(visitor.call(&ReadSso {}).offers[0].label, "山西省统一身份认证平台");
        let (accounts, posts) =
            (world.count("select count(*) from accounts"), world.count("select count(*) from posts"));
        // A number is compared normalised: width and case are how somebody typed it.
        let person = userinfo(" ｐ-forest.filler ", "李四");
        let back = brought_back(&visitor, &platform, person.clone());
        let asked = visitor.refused(&back);
        assert_eq!((asked.status, asked.code.as_str()), (401, "confirm_password"));
        assert!(asked.detail.contains("forest.filler"), "{asked:?}");
        let wrong = visitor.refused(&with_password(&back, "Falsche-Losung-2023"));
        assert_eq!((wrong.status, wrong.code.as_str()), (401, "wrong_password"));
        assert_eq!(world.count("select count(*) from sso_subjects"), 0);
        assert_eq!(platform.asked_for("/oauth2/token"), 1, "a code is exchanged once");

        let right = with_password(&back, server::DEMO_PASSWORD);
        let answer = visitor.ask(&right);
        assert_eq!(came_in(&answer).actor.account.as_str(), "forest.filler");
        visitor.keep_cookie(&answer);
        assert_eq!(code(world.visitor().refused(&right)), "ACT-41", "an attempt serves once");
        let bound = SsoSubject { protocol: SsoProtocol::Oauth2, subject: "P-FOREST.FILLER".into() };
        assert_eq!(line(&world.desk("admin.system"), "forest.filler").subjects, [bound]);
        assert_eq!(world.count("select count(*) from audit_trail where act = 'session.sso_link'"), 1);
        assert!(world.count("select count(*) from audit_trail where act = 'session.refused'") >= 1);

        let next = visitor.call(&SignOut {}).next.expect("the platform's end of session");
        assert_eq!(next, format!("{}/logout?back={SITE}/", platform.address));
        assert_eq!(visitor.refused(&ReadMe {}).status, 401);
        let answer = visitor.ask(&brought_back(&visitor, &platform, person));
        assert_eq!(
            came_in(&answer).actor.account.as_str(),
            "forest.filler",
            "from now on without the password"
        );
        assert_eq!(world.count("select count(*) from accounts"), accounts, "none is made");
        assert_eq!(world.count("select count(*) from posts"), posts, "and none is given");
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn a_stranger_a_forged_state_and_a_wrong_password_open_nothing() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = world(database, mapping(&platform));
        let visitor = world.visitor();
        let filler = || userinfo("P-forest.filler", "李四");
        // No such number, one that only looks like it, one that is part of it, and what cannot be a number at all.
        let hash = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        for number in ["P-nobody", "P-f0rest.filler", "P-forest", "%", "' or '1'='1", hash] {
            let refusal = visitor.refused(&brought_back(&visitor, &platform, userinfo(number, "王五")));
            assert!(refusal.detail.contains("王五"), "{number}: {refusal:?}");
            assert_eq!(code(refusal), "ACT-40", "{number}");
        }
        let back = brought_back(&visitor, &platform, filler());
        let wrong_state = FinishSso { state: "0".repeat(64), ..back.clone() };
        assert_eq!(code(visitor.refused(&wrong_state)), "ACT-41");
        assert_eq!(code(visitor.refused(&back)), "ACT-41", "an attempt with a wrong state is over");
        let not_begun_here =
            FinishSso { attempt: "f".repeat(64), ..brought_back(&visitor, &platform, filler()) };
        assert_eq!(code(visitor.refused(&not_begun_here)), "ACT-41");
        // The code of one attempt does not serve another: its verifier is another one.
        let first = brought_back(&visitor, &platform, filler());
        let second = brought_back(&visitor, &platform, filler());
        let crossed = FinishSso { proof: first.proof, ..second };
        assert_eq!(code(visitor.refused(&crossed)), "ACT-41");
        let late = brought_back(&visitor, &platform, filler());
        world.execute("update sso_attempts set created = created - 601");
        assert_eq!(code(visitor.refused(&late)), "ACT-41");
        // Whoever the platform turns away brings back an error and no code.
        let turned_away = FinishSso { proof: String::new(), ..brought_back(&visitor, &platform, filler()) };
        assert_eq!(code(visitor.refused(&turned_away)), "ACT-41");
        // Guessed passwords lock, as at any sign-in.
        let back = brought_back(&visitor, &platform, filler());
        for _ in 0..5 {
            assert_eq!(visitor.refused(&with_password(&back, "Falsche-Losung-2023")).status, 401);
        }
        let refusal = visitor.refused(&with_password(&back, server::DEMO_PASSWORD));
        assert_eq!((refusal.status, refusal.title.as_str()), (401, "暂不能登录"));
        assert_eq!(world.count("select count(*) from sessions where account = 'forest.filler'"), 0);
        assert_eq!(world.count("select count(*) from sso_subjects"), 0);
    });
}

#[test]
fn a_number_whose_account_or_subject_is_bound_elsewhere_is_for_the_administrators() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = world(database, Oauth2Settings { authoritative: true, ..mapping(&platform) });
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let visitor = world.visitor();
        let signs_in =
            |number: &str| visitor.ask(&brought_back(&visitor, &platform, userinfo(number, "李四")));
        let refused = |number: &str| {
            code(visitor.refused(&brought_back(&visitor, &platform, userinfo(number, "李四"))))
        };
        // A subject that is nobody's number is bound by an order, like one of any other service.
        ordered(&system, &security, link("water.filler", "hash-4711"));
        assert_eq!(came_in(&signs_in("HASH-4711")).actor.account.as_str(), "water.filler");
        // The account of this number has another subject already.
        assert_eq!(refused("P-water.filler"), "ACT-42");
        // The subject is bound to an account whose number it is not.
        ordered(&system, &security, link("culture.filler", "p-forest.filler"));
        assert_eq!(refused("P-forest.filler"), "ACT-42");
        assert_eq!(world.count("select count(*) from sessions where account = 'forest.filler'"), 0);
        let taken = system.refused(&link("water.approver", "hash-4711"));
        assert_eq!(code(taken), "ACT-42");
        // Unbound by another order, the number opens its account.
        ordered(&security, &system, link("culture.filler", ""));
        assert_eq!(came_in(&signs_in("P-forest.filler")).actor.account.as_str(), "forest.filler");
        // Two accounts of one number: which one is meant, the platform cannot know.
        world.execute("update accounts set person = 'P-WATER.APPROVER' where id = 'culture.approver'");
        assert_eq!(refused("P-water.approver"), "ACT-40");
        ordered(&system, &security, link("water.approver", "P-water.approver"));
        assert_eq!(came_in(&signs_in("P-water.approver")).actor.account.as_str(), "water.approver");
    });
}

#[test]
fn the_word_of_an_authoritative_platform_opens_an_active_account_and_nothing_more() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = world(database, Oauth2Settings { authoritative: true, ..mapping(&platform) });
        let secret = enrolled(&world, &world.desk("water.filler"), server::DEMO_PASSWORD);
        let visitor = world.visitor();
        let back = brought_back(&visitor, &platform, userinfo("P-water.filler", "李四"));
        assert_eq!(code(visitor.refused(&back)), "ACT-30", "a second factor is asked for all the same");
        assert_eq!(
            world.count("select count(*) from sso_subjects"),
            0,
            "nothing is bound before the sign-in is done"
        );
        let shown =
            TotpSecret::from_base32(&secret).unwrap().code((world.settings.clock.seconds() + 30) as u64);
        let right = FinishSso { code: shown, ..back };
        assert_eq!(came_in(&visitor.ask(&right)).actor.account.as_str(), "water.filler");

        // A weighty act asks for the local password, however often the platform vouches for its administrator.
        let mut root = world.visitor();
        let answer = root.ask(&brought_back(&root, &platform, userinfo("P-admin.system", "系统管理员")));
        root.keep_cookie(&answer);
        let weighty = order(OrderedAct::ResetPassword, "forest.filler", None);
        assert_eq!(root.refused(&weighty).code, "sign_in");
        // The local sign-in of administrators is as it was, and a disabled account is nobody's.
        let system = world.desk("admin.system");
        system.call(&DisableAccount { account: AccountId::new("forest.filler") });
        let disabled = brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四"));
        assert_eq!(code(visitor.refused(&disabled)), "ACT-40");
        // Its sessions end with the account that was bound before.
        system.call(&DisableAccount { account: AccountId::new("water.filler") });
        let disabled = brought_back(&visitor, &platform, userinfo("P-water.filler", "李四"));
        assert_eq!(visitor.refused(&disabled).status, 401);
    });
}

#[test]
fn user_information_that_does_not_fit_the_mapping_is_refused_and_nothing_breaks() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = world(database, Oauth2Settings { authoritative: true, ..mapping(&platform) });
        let visitor = world.visitor();
        for other in [
            json!({}),
            json!([]),
            json!(null),
            json!({ "code": 401, "data": null }),
            json!({ "data": { "user": { "name": "李四" } } }),
            json!({ "data": { "user": { "idcard_hash": "P-forest.filler" } } }),
            json!({ "data": { "user": { "idcard_hash": ["P-forest.filler"], "name": "李四" } } }),
            json!({ "data": { "user": { "idcard_hash": true, "name": "李四" } } }),
            json!({ "data": { "user": { "idcard_hash": "", "name": "李四" } } }),
            json!({ "data": { "user": { "idcard_hash": "P-forest.filler", "name": { "zh": "李四" } } } }),
            json!({ "data": [{ "user": { "idcard_hash": "P-forest.filler", "name": "李四" } }] }),
        ] {
            let refusal = visitor.refused(&brought_back(&visitor, &platform, other.clone()));
            assert!(refusal.detail.contains("读不出人员编号和姓名"), "{other}: {refusal:?}");
            assert_eq!(code(refusal), "ACT-41", "{other}");
        }
        platform.errs_by(Flaw::Page);
        let page = brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四"));
        assert_eq!(code(visitor.refused(&page)), "ACT-41");
        platform.errs_by(Flaw::None);
        let answer = visitor.ask(&brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四")));
        assert_eq!(came_in(&answer).actor.account.as_str(), "forest.filler");
    });
}

#[test]
fn encrypted_user_information_is_read_and_a_changed_one_is_refused() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let decryption = Decryption::new(
            CipherAlgorithm::Sm4,
            CipherMode::Cbc,
            CipherText::Base64,
            "data".parse().unwrap(),
            "0123456789abcdeffedcba9876543210",
        );
        let decryption = Some(decryption.expect("a key"));
        let world = world(database, Oauth2Settings { authoritative: true, decryption, ..mapping(&platform) });
        let visitor = world.visitor();
        let back = |data: &str| brought_back(&visitor, &platform, json!({ "code": 0, "data": data }));
        let cut = &ENCRYPTED[..64];
        let inside = ENCRYPTED.replace("rbznRzh8", "rbznRzh9");
        for changed in ["", "%%%", cut, &inside] {
            assert_ne!(changed, ENCRYPTED);
            let refusal = visitor.refused(&back(changed));
            assert_eq!(code(refusal), "ACT-41", "{changed}");
        }
        // What comes in plain where it must be encrypted is not believed.
        let plain = brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四"));
        assert_eq!(code(visitor.refused(&plain)), "ACT-41");
        let answer = visitor.ask(&back(ENCRYPTED));
        assert_eq!(came_in(&answer).actor.account.as_str(), "forest.filler");
    });
}

#[test]
fn a_platform_that_is_slow_talks_too_much_or_leads_elsewhere_is_given_up() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let world = World::demo_with(database, |settings| {
            settings.public_url = Some(SITE.into());
            settings.sso.oauth2 = Some(Oauth2Settings { authoritative: true, ..mapping(&platform) });
            settings.sso.timeout = Duration::from_secs(1);
        });
        let visitor = world.visitor();
        let back = || brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四"));
        for flaw in [Flaw::Slow, Flaw::TooBig, Flaw::Redirect, Flaw::Away] {
            let back = back();
            platform.errs_by(flaw);
            let refusal = visitor.refused(&back);
            assert_eq!((refusal.status, refusal.code.as_str()), (503, "try_later"), "{flaw:?}");
            platform.errs_by(Flaw::None);
            assert_eq!(code(visitor.refused(&back)), "ACT-41", "{flaw:?}: the attempt is over");
        }
        assert_eq!(platform.asked_for("/elsewhere"), 0);
        assert_eq!(came_in(&visitor.ask(&back())).actor.account.as_str(), "forest.filler");
    });
}

#[test]
fn a_challenge_is_sent_unless_the_mapping_says_that_the_platform_knows_none() {
    on_each(|database| {
        let platform = Platform::start(SITE);
        let sent = |world: &World| {
            let visitor = world.visitor();
            let address = visitor.call(&BeginSso { protocol: SsoProtocol::Oauth2 }).address;
            let back = brought_back(&visitor, &platform, userinfo("P-forest.filler", "李四"));
            assert_eq!(came_in(&visitor.ask(&back)).actor.account.as_str(), "forest.filler");
            (address.contains("code_challenge_method=S256"), address.contains("scope=user_info"))
        };
        let authoritative = Oauth2Settings { authoritative: true, ..mapping(&platform) };
        assert_eq!(sent(&world(database, authoritative.clone())), (true, true));
        assert_eq!(sent(&world(database, Oauth2Settings { pkce: false, ..authoritative })), (false, true));
    });
}
