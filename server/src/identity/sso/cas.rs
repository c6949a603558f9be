//! CAS 3.0: the browser comes back with a ticket, and the service says once whose it is.

use super::http_client::unavailable;
use super::provider::Service;
use super::settings::CasSettings;
use super::{AttemptSecrets, Identity, Returned, refused};
use crate::kernel::failure::Failure;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use shared::api::escaped;
use shared::api::sso::SsoProtocol;

const CAS: Namespace<'static> = Namespace("http://www.yale.edu/tp/cas");
/// Where the user's name stands.
const USER: [&str; 3] = ["serviceResponse", "authenticationSuccess", "user"];

/// What a ticket is for: this site and this attempt. CAS returns no state of its own, so it is part of the address.
fn service_address(service: &Service<CasSettings>, secrets: &AttemptSecrets) -> String {
    format!("{}?state={}", service.back(SsoProtocol::Cas), secrets.state)
}

/// Where the browser goes to be recognised.
pub(super) fn login_address(
    service: &Service<CasSettings>,
    secrets: &AttemptSecrets,
) -> Result<String, Failure> {
    let back = escaped(&service_address(service, secrets));
    Ok(format!("{}/login?service={back}", service.settings.server))
}

/// Where the session at the service ends.
pub(super) fn leave_address(service: &Service<CasSettings>) -> Option<String> {
    let back = escaped(&format!("{}/", service.site));
    Some(format!("{}/logout?service={back}", service.settings.server))
}

/// The person who came back with a ticket.
pub(super) async fn identity(
    service: &Service<CasSettings>,
    secrets: &AttemptSecrets,
    returned: &Returned<'_>,
) -> Result<Identity, Failure> {
    let server = &service.settings.server;
    let (back, ticket) = (escaped(&service_address(service, secrets)), escaped(returned.proof));
    let address = format!("{server}/p3/serviceValidate?service={back}&ticket={ticket}");
    let answer = service.http.get(&address, None).await?;
    let text = String::from_utf8(answer).map_err(|error| unavailable(&error))?;
    match user_of(&text).map_err(|error| unavailable(&error))? {
        Some(subject) => Ok(Identity { issuer: server.clone(), subject, person: None }),
        None => Err(refused("认证服务没有接受这次登录（票据已用过、已过期或不是发给本系统的）").into()),
    }
}

/// The user of a successful answer; `None` for a refusal.
fn user_of(text: &str) -> anyhow::Result<Option<String>> {
    let mut reader = NsReader::from_str(text);
    let (mut path, mut user, mut refused) = (Vec::<String>::new(), String::new(), false);
    loop {
        let (namespace, event) = reader.read_resolved_event()?;
        let is_cas = namespace == ResolveResult::Bound(CAS);
        match event {
            Event::Start(start) => {
                // What is of another namespace has another meaning, whatever its name.
                let name = if is_cas { start.local_name().as_ref().to_string() } else { String::new() };
                path.push(name);
                refused |= path.get(1).is_some_and(|name| name == "authenticationFailure");
            }
            Event::End(_) => drop(path.pop()),
            Event::Text(piece) if path == USER => user.push_str(&piece.xml10_content()),
            Event::CData(piece) if path == USER => user.push_str(&piece.xml10_content()),
            Event::GeneralRef(entity) if path == USER => {
                let known = quick_xml::escape::resolve_xml_entity(entity.as_ref());
                match (known, entity.resolve_char_ref()?) {
                    (Some(text), _) => user.push_str(text),
                    (None, Some(character)) => user.push(character),
                    (None, None) => anyhow::bail!("an unknown entity"),
                }
            }
            Event::DocType(_) => anyhow::bail!("a document type"),
            Event::Eof => break,
            _ => {}
        }
    }
    let user = user.trim();
    Ok((!refused && !user.is_empty()).then(|| user.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(inside: &str) -> String {
        format!(
            "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{inside}</cas:serviceResponse>"
        )
    }

    #[test]
    fn only_the_user_of_a_success_is_believed() {
        let success = |inside: &str| {
            answer(&format!("<cas:authenticationSuccess>{inside}</cas:authenticationSuccess>"))
        };
        let user = |text: &str| user_of(text).unwrap();
        assert_eq!(user(&success("<cas:user> li.si </cas:user>")), Some("li.si".into()));
        assert_eq!(user(&success("<cas:user>a&amp;b&#x4e2d;</cas:user>")), Some("a&b中".into()));
        // A comment does not cut the name short.
        assert_eq!(user(&success("<cas:user>admin<!-- -->.other</cas:user>")), Some("admin.other".into()));
        let attributes =
            "<cas:user>li.si</cas:user><cas:attributes><cas:user>admin</cas:user></cas:attributes>";
        assert_eq!(user(&success(attributes)), Some("li.si".into()));
        for refused in [
            answer("<cas:authenticationFailure code=\"INVALID_TICKET\">no</cas:authenticationFailure>"),
            answer("<cas:user>admin</cas:user>"),
            success("<cas:user></cas:user>"),
            success("<user>admin</user>"),
            success("<cas:user xmlns:cas=\"http://elsewhere\">admin</cas:user>"),
            "<serviceResponse><authenticationSuccess><user>admin</user></authenticationSuccess></serviceResponse>"
                .to_string(),
        ] {
            assert_eq!(user(&refused), None, "{refused}");
        }
        assert!(user_of("<!DOCTYPE a [<!ENTITY e \"admin\">]><a>&e;</a>").is_err());
        assert!(user_of(&success("<cas:user>&e;</cas:user>")).is_err());
        assert!(user_of("<a>").is_err() || user(&answer("")).is_none());
    }
}
