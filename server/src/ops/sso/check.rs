//! `omfund check-sso`: tries a mapping on a sample of the user information, before anybody signs in by it.

use super::mapping_file;
use anyhow::Context;
use clap::Args;
use shared::policy::accounts::person::person_id;
use std::fs;
use std::path::PathBuf;

#[derive(Args)]
pub struct CheckSsoArguments {
    /// 对应关系文件
    file: PathBuf,
    /// 认证平台用户信息应答的样本（JSON）：按对应关系解密，取出人员编号和姓名
    #[arg(long)]
    userinfo: Option<PathBuf>,
}

impl CheckSsoArguments {
    /// What the mapping finds, in words.
    ///
    /// # Errors
    /// The mapping cannot be used, or finds nothing in the sample; the error names field or path.
    pub fn report(&self) -> anyhow::Result<String> {
        let settings = mapping_file::read(&self.file)?;
        let Some(sample) = &self.userinfo else { return Ok("对应关系文件可以使用。".to_string()) };
        let answer = fs::read(sample).with_context(|| format!("读不到样本 {}", sample.display()))?;
        let person = settings.person(&answer).with_context(|| format!("样本 {}", sample.display()))?;
        Ok(match person_id(&person.id) {
            Some(number) => format!("人员编号 {number}，姓名 {}。", person.name),
            None => format!(
                "认证标识 {}，姓名 {}。注意：该标识不是人员编号的写法，不能自动对应账号，须由管理员逐人绑定。",
                person.id, person.name
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    const KEY: &str = "0123456789abcdeffedcba9876543210";

    /// SM4 in ECB, by OpenSSL, of `{"user":{"idcard_hash":"P-forest.filler","name":"李四"}}`.
    const ENCRYPTED: &str = "9a6363764e82a8562d226628720e1f667085761c0d32f1cdfb1311078bfb570c2970ed9cba941ce5c5fcc62554384ed7\
         73aad4112df2036053abaa778510a38f";

    fn mapping() -> Value {
        json!({
            "authorize": "https://sso.example.gov.cn/oauth2/authorize",
            "token": "https://sso.example.gov.cn/oauth2/token",
            "userinfo": "https://sso.example.gov.cn/oauth2/userinfo",
            "client_id": "omfund",
            "person_id": "data.user.idcard_hash",
            "name": "data.user.name",
        })
    }

    /// The mapping with other fields.
    fn with(others: Value) -> Value {
        let mut mapping = mapping();
        let others = others.as_object().unwrap().clone();
        mapping.as_object_mut().unwrap().extend(others);
        mapping
    }

    /// What the check says of a mapping, and of a sample where there is one.
    fn checked(folder: &Path, mapping: &Value, sample: Option<&Value>) -> Result<String, String> {
        let (file, userinfo) = (folder.join("oauth2.json"), folder.join("userinfo.json"));
        fs::write(&file, mapping.to_string()).unwrap();
        fs::write(folder.join("key"), format!("{KEY}\n")).unwrap();
        let userinfo = sample.map(|sample| {
            fs::write(&userinfo, sample.to_string()).unwrap();
            userinfo
        });
        CheckSsoArguments { file, userinfo }.report().map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_sample_shows_whom_a_mapping_finds_or_which_path_finds_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let of = |sample: Value| checked(folder.path(), &mapping(), Some(&sample));
        let user = |id: &str| json!({ "data": { "user": { "idcard_hash": id, "name": "李四" } } });
        assert_eq!(of(user("p-101")).unwrap(), "人员编号 P-101，姓名 李四。");
        assert!(of(user(&"a1".repeat(32))).unwrap().contains("不能自动对应账号"));
        let missing = of(json!({ "data": { "user": { "name": "李四" } } })).unwrap_err();
        assert!(missing.contains("person_id: 没有“data.user.idcard_hash”"), "{missing}");
        let wrong = of(json!({ "data": { "user": { "idcard_hash": "P-101", "name": {} } } })).unwrap_err();
        assert!(wrong.contains("name: “data.user.name”处应是文字或整数"), "{wrong}");
        let encrypted = with(json!({ "decrypt": "sm4", "decrypt_mode": "ecb", "decrypt_text": "hex",
            "decrypt_key_file": "key" }));
        let of = |data: &str| checked(folder.path(), &encrypted, Some(&json!({ "data": data })));
        assert_eq!(of(ENCRYPTED).unwrap(), "人员编号 P-FOREST.FILLER，姓名 李四。");
        assert!(of(&ENCRYPTED[2..]).unwrap_err().contains("“data”不能解密"));
    }

    #[test]
    fn a_mapping_that_cannot_be_used_is_refused_by_the_name_of_its_field() {
        let folder = tempfile::tempdir().unwrap();
        assert!(checked(folder.path(), &mapping(), None).is_ok());
        for (other, words) in [
            (json!({ "person_id": "data..id" }), "person_id"),
            (json!({ "name": 3 }), "name"),
            (json!({ "pcke": false }), "pcke"),
            (json!({ "pkce": "no" }), "pkce"),
            (json!({ "token": "http://sso.example.gov.cn/token" }), "须以 https 访问"),
            (json!({ "logout": "ftp://sso.example.gov.cn" }), "须以 https 访问"),
            (json!({ "userinfo": "userinfo" }), "认证服务的地址不对"),
            (json!({ "client_secret_file": "nowhere" }), "client_secret_file"),
            (json!({ "decrypt": "des", "decrypt_key_file": "key" }), "decrypt"),
            (json!({ "decrypt": "sm4" }), "decrypt_key_file"),
            (json!({ "decrypt": "sm4", "decrypt_key_file": "oauth2.json" }), "解密密钥应写作十六进制"),
            (json!({ "decrypt_key_file": "key" }), "decrypt_…"),
        ] {
            let fault = checked(folder.path(), &with(other.clone()), None).unwrap_err();
            assert!(fault.contains(words), "{other}: {fault}");
        }
    }
}
