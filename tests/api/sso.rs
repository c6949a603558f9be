//! Sign-in by services outside: a provider of OpenID Connect that signs with real keys, a server of CAS 3.0, a platform of
//! OAuth 2.0 (in `oauth2`), and whoever tries to come in with somebody else's answer.

mod cas;
mod oauth2;
mod platform;
mod provider;
mod service;

use crate::accounts::{enrolled, order, ordered, sign_in};
use crate::outbox::on_each;
use cas::CasServer;
use provider::{CLIENT, Flaw, Provider, SECRET};
use shared::api::accounts::{AccountLine, AskOrder, DisableAccount, ListAccounts};
use shared::api::problem::Problem;
use shared::api::session::{Me, ReadMe, SignOut};
use shared::api::sso::{BeginSso, FinishSso, ReadSso, SsoProtocol, SsoSubject};
use shared::cases::account_order::OrderedAct;
use shared::kernel::ids::AccountId;
use shared::policy::accounts::totp::TotpSecret;
use tests::{Answer, Database, Desk, World};

/// Where the provider leads browsers back to.
const SITE: &str = "http://127.0.0.1:8080";

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

fn with_oidc(database: Database, provider: &Provider) -> World {
    World::demo_with(database, |settings| {
        settings.public_url = Some(SITE.into());
        settings.sso.oidc = Some(server::OidcSettings {
            issuer: provider.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: Some(SECRET.into()),
            label: Some("省统一身份认证".into()),
        });
    })
}

fn with_cas(database: Database, cas: &CasServer) -> World {
    World::demo_with(database, |settings| {
        settings.public_url = Some(SITE.into());
        settings.sso.cas = Some(server::CasSettings { server: cas.address.clone(), label: None });
    })
}

fn bind(account: &str, protocol: SsoProtocol, subject: &str) -> AskOrder {
    let subject = Some(SsoSubject { protocol, subject: subject.into() });
    AskOrder { subject, ..order(OrderedAct::LinkSubject, account, None) }
}

/// What the browser brings back, once `subject` has signed in at the provider.
fn brought_back(visitor: &Desk, provider: &Provider, subject: &str) -> FinishSso {
    let begun = visitor.call(&BeginSso { protocol: SsoProtocol::Oidc });
    let (proof, state) = provider.authorize(&begun.address, subject);
    FinishSso {
        attempt: begun.attempt,
        state,
        proof,
        issuer: Some(provider.issuer.clone()),
        password: None,
        code: None,
    }
}

fn came_in(answer: &Answer) -> Me {
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).expect("me")
}

fn line(desk: &Desk, account: &str) -> AccountLine {
    let lines = desk.call(&ListAccounts {}).accounts;
    lines.into_iter().find(|line| line.account.as_str() == account).expect("listed")
}

#[test]
fn whoever_the_provider_names_signs_in_once_two_administrators_have_bound_them() {
    on_each(|database| {
        let provider = Provider::start(SITE);
        let world = with_oidc(database, &provider);
        let mut visitor = world.visitor();
        assert_eq!(visitor.call(&ReadSso {}).offers[0].label, "省统一身份认证");
        let accounts = world.count("select count(*) from accounts");
        let refusal = visitor.refused(&brought_back(&visitor, &provider, "u-7731"));
        assert!(refusal.detail.contains("“u-7731”"), "{refusal:?}");
        assert_eq!(code(refusal), "ACT-40");
        assert_eq!(world.count("select count(*) from accounts"), accounts, "none is made");

        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let asked = bind("water.filler", SsoProtocol::Oidc, " u-7731 ");
        system.call(&asked);
        let waiting = security.call(&ListAccounts {}).orders;
        assert!(
            waiting[0].detail.as_deref().is_some_and(|detail| detail.contains("“u-7731”")),
            "{waiting:?}"
        );
        security.call(&crate::accounts::decide(&asked, true));
        let bound = SsoSubject { protocol: SsoProtocol::Oidc, subject: "u-7731".into() };
        assert_eq!(line(&system, "water.filler").subjects, [bound]);
        let twice = system.refused(&bind("forest.filler", SsoProtocol::Oidc, "u-7731"));
        assert_eq!(code(twice), "ACT-42");

        let back = brought_back(&visitor, &provider, "u-7731");
        let answer = visitor.ask(&back);
        assert_eq!(came_in(&answer).actor.account.as_str(), "water.filler");
        visitor.keep_cookie(&answer);
        assert_eq!(visitor.get("/api/requests/water-2024").status, 200);
        assert_eq!(world.count("select count(*) from audit_trail where act = 'session.sso'"), 1);
        // What came back serves once, in this attempt and in any other.
        let thief = world.visitor();
        assert_eq!(code(thief.refused(&back)), "ACT-41");
        let begun = thief.call(&BeginSso { protocol: SsoProtocol::Oidc });
        let (_, state) = provider.authorize(&begun.address, "u-1");
        let stolen = FinishSso { attempt: begun.attempt, state, ..back };
        assert_eq!(code(thief.refused(&stolen)), "ACT-41");

        let next = visitor.call(&SignOut {}).next.expect("the provider's end of session");
        assert!(next.starts_with(&format!("{}/end?", provider.issuer)) && next.contains(CLIENT), "{next}");
        assert_eq!(visitor.refused(&ReadMe {}).status, 401);

        // Bound to nothing any more, its sessions end and the provider's word opens nothing.
        let answer = visitor.ask(&brought_back(&visitor, &provider, "u-7731"));
        visitor.keep_cookie(&answer);
        ordered(&security, &system, bind("water.filler", SsoProtocol::Oidc, ""));
        assert_eq!(visitor.refused(&ReadMe {}).status, 401);
        assert_eq!(code(visitor.refused(&brought_back(&visitor, &provider, "u-7731"))), "ACT-40");
        assert!(line(&system, "water.filler").subjects.is_empty());
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn no_forged_late_or_misdirected_token_opens_a_session() {
    on_each(|database| {
        let provider = Provider::start(SITE);
        let world = with_oidc(database, &provider);
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        ordered(&system, &security, bind("finance.leader", SsoProtocol::Oidc, "boss"));
        let visitor = world.visitor();
        for (flaw, words) in [
            (Flaw::Nonce, "nonce"),
            (Flaw::NoNonce, "nonce"),
            (Flaw::Issuer, "iss"),
            (Flaw::Audience, "aud"),
            (Flaw::SecondAudience, "aud"),
            (Flaw::Expired, "已过期"),
            (Flaw::AlgorithmNone, "签名"),
            (Flaw::SharedSecret, "签名"),
            (Flaw::ForeignKey, "签名"),
            (Flaw::Altered, "签名"),
            (Flaw::NoToken, "没有给出身份令牌"),
        ] {
            provider.errs_by(flaw);
            let refusal = visitor.refused(&brought_back(&visitor, &provider, "boss"));
            assert!(refusal.detail.contains(words), "{flaw:?}: {}", refusal.detail);
            assert_eq!(code(refusal), "ACT-41", "{flaw:?}");
        }
        provider.errs_by(Flaw::None);
        let right = || brought_back(&visitor, &provider, "boss");
        let wrong_state = FinishSso { state: "0".repeat(64), ..right() };
        assert_eq!(code(visitor.refused(&wrong_state)), "ACT-41");
        let other_issuer = FinishSso { issuer: Some("https://elsewhere.example".into()), ..right() };
        assert_eq!(code(visitor.refused(&other_issuer)), "ACT-41");
        // An answer given to a browser that did not ask: somebody would act in another one's account unawares.
        let not_begun_here = FinishSso { attempt: "f".repeat(64), ..right() };
        assert_eq!(code(visitor.refused(&not_begun_here)), "ACT-41");
        let late = right();
        world.execute("update sso_attempts set created = created - 601");
        assert_eq!(code(visitor.refused(&late)), "ACT-41");
        assert_eq!(world.count("select count(*) from sessions where account = 'finance.leader'"), 0);
        assert!(world.count("select count(*) from audit_trail where act = 'session.refused'") >= 15);

        provider.errs_by(Flaw::Away);
        let away = visitor.refused(&BeginSso { protocol: SsoProtocol::Oidc });
        assert_eq!((away.status, away.code.as_str()), (503, "try_later"));
        provider.errs_by(Flaw::None);
        assert_eq!(visitor.ask(&right()).status, 200);
        assert_eq!(code(visitor.refused(&BeginSso { protocol: SsoProtocol::Cas })), "malformed");
    });
}

#[test]
fn a_second_factor_and_a_weighty_act_ask_for_more_than_the_providers_word() {
    on_each(|database| {
        let provider = Provider::start(SITE);
        let world = with_oidc(database, &provider);
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        ordered(&system, &security, bind("water.filler", SsoProtocol::Oidc, "filler"));
        ordered(&security, &world.desk("admin.audit"), bind("admin.system", SsoProtocol::Oidc, "root"));
        let secret = enrolled(&world, &world.desk("water.filler"), server::DEMO_PASSWORD);
        let shown = |steps: i64| {
            let now = world.settings.clock.seconds() + 30 * steps;
            TotpSecret::from_base32(&secret).unwrap().code(now as u64)
        };
        let visitor = world.visitor();
        let back = brought_back(&visitor, &provider, "filler");
        assert_eq!(code(visitor.refused(&back)), "ACT-30");
        let wrong = FinishSso { code: Some("000000".into()), ..back.clone() };
        assert_eq!(code(visitor.refused(&wrong)), "ACT-31");
        let right = FinishSso { code: shown(1), ..back };
        assert_eq!(came_in(&visitor.ask(&right)).actor.account.as_str(), "water.filler");
        assert_eq!(code(visitor.refused(&right)), "ACT-41", "once");
        // Guessed codes lock, whoever has vouched for the person.
        let back = brought_back(&visitor, &provider, "filler");
        for _ in 0..5 {
            let wrong = FinishSso { code: Some("000000".into()), ..back.clone() };
            assert_eq!(code(visitor.refused(&wrong)), "ACT-31");
        }
        let right = FinishSso { code: shown(1), ..back };
        assert_eq!(visitor.refused(&right).status, 401);

        let mut root = world.visitor();
        let answer = root.ask(&brought_back(&root, &provider, "root"));
        root.keep_cookie(&answer);
        let weighty = order(OrderedAct::ResetPassword, "forest.filler", None);
        let asked_again = root.refused(&weighty);
        assert_eq!((asked_again.status, asked_again.code.as_str()), (401, "sign_in"));
        let answer = root.ask(&sign_in("admin.system", server::DEMO_PASSWORD));
        root.keep_cookie(&answer);
        root.call(&weighty);
        // Disabled here, the provider's word opens nothing.
        root.call(&DisableAccount { account: AccountId::new("water.filler") });
        assert_eq!(visitor.refused(&brought_back(&visitor, &provider, "filler")).status, 401);
    });
}

#[test]
fn a_ticket_of_cas_opens_the_account_bound_to_its_user_once() {
    on_each(|database| {
        let cas = CasServer::start();
        let world = with_cas(database, &cas);
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        ordered(&system, &security, bind("forest.filler", SsoProtocol::Cas, "li.si@sx"));
        let mut visitor = world.visitor();
        let begun = visitor.call(&BeginSso { protocol: SsoProtocol::Cas });
        let (proof, state) = cas.grant(&begun.address, "li.si@sx");
        let back =
            FinishSso { attempt: begun.attempt, state, proof, issuer: None, password: None, code: None };
        let answer = visitor.ask(&back);
        assert_eq!(came_in(&answer).actor.account.as_str(), "forest.filler");
        visitor.keep_cookie(&answer);

        // The same ticket in another attempt: used, and made for the address of the first.
        let begin = || visitor.call(&BeginSso { protocol: SsoProtocol::Cas });
        let other = begin();
        let (fresh, state) = cas.grant(&other.address, "li.si@sx");
        let replay = FinishSso { attempt: other.attempt, state, ..back.clone() };
        assert_eq!(code(visitor.refused(&replay)), "ACT-41");
        // A ticket made for one attempt does not serve another.
        let third = begin();
        let (_, state) = cas.grant(&third.address, "nobody");
        let crossed = FinishSso { attempt: third.attempt, state, proof: fresh, ..back.clone() };
        assert_eq!(code(visitor.refused(&crossed)), "ACT-41");
        let fourth = begin();
        let (proof, _) = cas.grant(&fourth.address, "li.si@sx");
        let wrong = FinishSso { attempt: fourth.attempt, state: "1".repeat(64), proof, ..back.clone() };
        assert_eq!(code(visitor.refused(&wrong)), "ACT-41");
        // Names are compared as they are, and markup in one stays a name.
        for user in ["LI.SI@SX", "li.si@sx</cas:user><cas:user>x", "li.si"] {
            let begun = begin();
            let (proof, state) = cas.grant(&begun.address, user);
            let other = FinishSso { attempt: begun.attempt, state, proof, ..back.clone() };
            let refusal = visitor.refused(&other);
            assert!(refusal.detail.contains(user), "{refusal:?}");
            assert_eq!(code(refusal), "ACT-40");
        }
        let next = visitor.call(&SignOut {}).next.expect("the end of the session there");
        assert!(next.starts_with(&format!("{}/logout?service=", cas.address)), "{next}");
        world.stop();
        assert!(world.verified().faults.is_empty());
    });
}
