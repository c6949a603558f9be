//! A server of CAS 3.0: tickets for one service address each, validated once.

use super::service::{Asked, Reply, query_of, serve};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Tickets {
    number: u32,
    /// Ticket, its service and its user.
    granted: BTreeMap<String, (String, String)>,
}

pub struct CasServer {
    pub address: String,
    tickets: Arc<Mutex<Tickets>>,
}

impl CasServer {
    pub fn start() -> CasServer {
        let tickets = Arc::new(Mutex::new(Tickets::default()));
        let served = tickets.clone();
        let address = format!("{}/cas", serve(move |asked| served.lock().unwrap().answer(asked)));
        CasServer { address, tickets }
    }

    /// Somebody signs in there as `user`: the ticket and state that their browser brings back.
    pub fn grant(&self, login: &str, user: &str) -> (String, String) {
        assert!(login.starts_with(&format!("{}/login?service=", self.address)), "{login}");
        let service = query_of(login)["service"].clone();
        let state = query_of(&service)["state"].clone();
        let mut tickets = self.tickets.lock().unwrap();
        tickets.number += 1;
        let ticket = format!("ST-{}-abc", tickets.number);
        tickets.granted.insert(ticket.clone(), (service, user.to_string()));
        (ticket, state)
    }
}

impl Tickets {
    fn answer(&mut self, asked: &Asked) -> Reply {
        if asked.path != "/cas/p3/serviceValidate" {
            return Reply { status: 404, kind: "text/plain", body: String::new() };
        }
        let (service, ticket) = (&asked.query["service"], &asked.query["ticket"]);
        let inside = match self.granted.remove(ticket) {
            None => failure("INVALID_TICKET", ticket),
            Some((of, _)) if of != *service => failure("INVALID_SERVICE", service),
            Some((_, user)) => format!(
                "<cas:authenticationSuccess>\n<cas:user>{}</cas:user>\n<cas:attributes><cas:isFromNewLogin>true\
                 </cas:isFromNewLogin></cas:attributes></cas:authenticationSuccess>",
                escaped(&user)
            ),
        };
        let body = format!(
            "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{inside}</cas:serviceResponse>"
        );
        Reply { status: 200, kind: "application/xml", body }
    }
}

fn failure(code: &str, about: &str) -> String {
    format!("<cas:authenticationFailure code=\"{code}\">{}</cas:authenticationFailure>", escaped(about))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
