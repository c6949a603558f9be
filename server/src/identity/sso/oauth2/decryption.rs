//! 解密: what a platform encrypts inside its user information. SM4 or AES in CBC or ECB with PKCS#7, which are the
//! forms that platforms use; none of them shows a change of the text, so who speaks is known from TLS alone.

use super::JsonPath;
use aes::{Aes128, Aes256};
use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::consts::U16;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, BlockSizeUser, KeyInit, KeyIvInit};
use serde::Deserialize;
use serde_json::Value;
use shared::kernel::hash::from_hex;
use sm4::Sm4;
use std::fmt;

/// Bytes of a block, and of the initialisation vector.
const BLOCK: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CipherAlgorithm {
    /// GB/T 32907-2016, a key of 16 bytes.
    Sm4,
    /// A key of 16 or 32 bytes.
    Aes,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CipherMode {
    /// The text begins with the initialisation vector.
    #[default]
    Cbc,
    Ecb,
}

/// How the encrypted bytes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CipherText {
    /// With padding, RFC 4648 § 4.
    #[default]
    Base64,
    Hex,
}

#[derive(Clone)]
pub struct Decryption {
    algorithm: CipherAlgorithm,
    mode: CipherMode,
    text: CipherText,
    /// What is encrypted: a text that holds JSON.
    field: JsonPath,
    key: Vec<u8>,
}

impl fmt::Debug for Decryption {
    /// Leaves out the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryption").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Decryption {
    /// `key`: its hexadecimal digits.
    ///
    /// # Errors
    /// A key that is not of a length of the algorithm.
    pub fn new(
        algorithm: CipherAlgorithm,
        mode: CipherMode,
        text: CipherText,
        field: JsonPath,
        key: &str,
    ) -> anyhow::Result<Decryption> {
        let key = from_hex(key.trim()).context("解密密钥应写作十六进制")?;
        match algorithm {
            CipherAlgorithm::Sm4 => ensure!(key.len() == 16, "SM4 密钥应为 32 位十六进制（16 字节）"),
            CipherAlgorithm::Aes => {
                ensure!([16, 32].contains(&key.len()), "AES 密钥应为 32 或 64 位十六进制（16 或 32 字节）");
            }
        }
        Ok(Decryption { algorithm, mode, text, field, key })
    }

    /// Puts the decrypted JSON in the place of the encrypted text.
    ///
    /// # Errors
    /// There is no such text, or it was not encrypted in this way with this key; the error names the path.
    pub(super) fn replace(&self, document: &mut Value) -> anyhow::Result<()> {
        let place = self.field.find_mut(document)?;
        let text = place.as_str().with_context(|| format!("“{}”处应是密文", self.field))?;
        *place = self.decrypt(text).with_context(|| format!("“{}”不能解密", self.field))?;
        Ok(())
    }

    fn decrypt(&self, text: &str) -> anyhow::Result<Value> {
        let bytes = match self.text {
            CipherText::Base64 => BASE64_STANDARD.decode(text.trim()).context("密文不是 base64")?,
            CipherText::Hex => from_hex(text.trim()).context("密文不是十六进制")?,
        };
        let plain = match (self.algorithm, self.key.len()) {
            (CipherAlgorithm::Sm4, _) => self.open::<Sm4>(&bytes),
            (CipherAlgorithm::Aes, BLOCK) => self.open::<Aes128>(&bytes),
            (CipherAlgorithm::Aes, _) => self.open::<Aes256>(&bytes),
        };
        // One error for both: the difference between them is what a padding oracle asks for.
        plain.and_then(|plain| serde_json::from_slice(&plain).ok()).context("密钥、模式不符，或密文已被改动")
    }

    fn open<C>(&self, bytes: &[u8]) -> Option<Vec<u8>>
    where
        C: BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16>,
    {
        match self.mode {
            CipherMode::Cbc => {
                let (vector, text) = bytes.split_at_checked(BLOCK)?;
                let cipher = cbc::Decryptor::<C>::new_from_slices(&self.key, vector).ok()?;
                cipher.decrypt_padded_vec::<Pkcs7>(text).ok()
            }
            CipherMode::Ecb => {
                let cipher = ecb::Decryptor::<C>::new_from_slice(&self.key).ok()?;
                cipher.decrypt_padded_vec::<Pkcs7>(bytes).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KEY: &str = "0123456789abcdeffedcba9876543210";

    /// Made by OpenSSL from `{"user":{"idcard_hash":"P-forest.filler","name":"李四"}}`.
    const SM4_CBC: &str = "AAECAwQFBgcICQoLDA0OD4ssD/FYNqrbznRzh8qwJvitcL9fghcOQdtdXA9tsw7Fpe1VpVLJiwxvK4P5xSnTfv62M7cQlXWn\
         5ZLp8B0Xb28=";
    const SM4_ECB: &str = "9a6363764e82a8562d226628720e1f667085761c0d32f1cdfb1311078bfb570c2970ed9cba941ce5c5fcc62554384ed7\
         73aad4112df2036053abaa778510a38f";
    const AES128_CBC: &str = "000102030405060708090a0b0c0d0e0f86631759162921eba96642b64d4f83d19307d34b803f160c48aa0344e275ca74\
         d0c69fd4e731ba2db8fb2a98feae6769106d08569f9739be69835b3371db46f6";
    const AES128_ECB: &str = "b5c2d1c22d437681ca88b90d1eff603a1510711d4a5af6f9a260c053e34d9b1300f9ed709573ce50d63cc95ffe3d4adb\
         281139ec2a8a057d4114c6ff5a84671a";
    const AES256_CBC: &str = "AAECAwQFBgcICQoLDA0ODysntAs9ou722eShVCC1cfd2ILjf8kj5IXgqbb8zb64+23oO0xfLHbfJvB/FKCxqx+hRUNdg\
         fo6rqKAX/puCCSU=";
    const AES256_ECB: &str = "a42eeaf04192c3e7cebe2a45a48939cd7fa686482bc7285e1406058c2d189bf4f48a2abc47f5f0f6b3cb532e325a69eb\
         6d03a087a68c5dc6dfbcd261eded3c66";

    fn decryption(algorithm: CipherAlgorithm, mode: CipherMode, text: CipherText, key: &str) -> Decryption {
        Decryption::new(algorithm, mode, text, "data".parse().unwrap(), key).unwrap()
    }

    fn opened(decryption: &Decryption, text: &str) -> Result<Value, String> {
        let mut document = json!({ "code": 0, "data": text });
        decryption.replace(&mut document).map_err(|error| format!("{error:#}"))?;
        Ok(document)
    }

    #[test]
    fn what_another_program_encrypted_is_read_in_every_form() {
        use CipherAlgorithm::{Aes, Sm4};
        use CipherMode::{Cbc, Ecb};
        use CipherText::{Base64, Hex};
        let long = format!("{KEY}{KEY}");
        let person = json!({ "user": { "idcard_hash": "P-forest.filler", "name": "李四" } });
        for (algorithm, mode, text, key, sent) in [
            (Sm4, Cbc, Base64, KEY, SM4_CBC),
            (Sm4, Ecb, Hex, KEY, SM4_ECB),
            (Aes, Cbc, Hex, KEY, AES128_CBC),
            (Aes, Ecb, Hex, KEY, AES128_ECB),
            (Aes, Cbc, Base64, &long, AES256_CBC),
            (Aes, Ecb, Hex, &long, AES256_ECB),
        ] {
            let document = opened(&decryption(algorithm, mode, text, key), sent).unwrap();
            assert_eq!(document, json!({ "code": 0, "data": person }), "{algorithm:?} {mode:?}");
        }
    }

    #[test]
    fn what_was_cut_or_encrypted_otherwise_is_refused_with_its_path() {
        let right = decryption(CipherAlgorithm::Sm4, CipherMode::Ecb, CipherText::Hex, KEY);
        let cut = &SM4_ECB[..96];
        let longer = format!("{SM4_ECB}00");
        for sent in ["", "00", "zz", cut, &longer, AES128_ECB, SM4_CBC] {
            let fault = opened(&right, sent).unwrap_err();
            assert!(fault.contains("“data”不能解密"), "{sent}: {fault}");
        }
        let vector_alone = decryption(CipherAlgorithm::Sm4, CipherMode::Cbc, CipherText::Hex, KEY);
        assert!(opened(&vector_alone, &SM4_ECB[..32]).is_err() && opened(&vector_alone, "00").is_err());
        for mut other in [json!({}), json!({ "data": { "user": {} } }), json!([])] {
            assert!(right.replace(&mut other).unwrap_err().to_string().contains("“data”"), "{other}");
        }
    }

    #[test]
    fn a_key_has_a_length_of_its_algorithm() {
        let made = |algorithm, key: &str| {
            let field = "data".parse().unwrap();
            Decryption::new(algorithm, CipherMode::Cbc, CipherText::Base64, field, key)
        };
        assert!(made(CipherAlgorithm::Sm4, &format!(" {KEY}\n")).is_ok());
        for (algorithm, key) in [
            (CipherAlgorithm::Sm4, ""),
            (CipherAlgorithm::Sm4, "0123456789abcdef"),
            (CipherAlgorithm::Sm4, "not hexadecimal"),
            (CipherAlgorithm::Aes, "0123456789abcdeffedcba98765432100123456789abcdef"),
        ] {
            assert!(made(algorithm, key).is_err(), "{algorithm:?} {key}");
        }
        assert!(
            !format!("{:?}", made(CipherAlgorithm::Sm4, KEY).unwrap()).contains("1, 35"),
            "no key in a log"
        );
    }
}
