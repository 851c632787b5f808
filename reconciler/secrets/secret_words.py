"""The words by which ``suspicious.py`` recognizes the name of a secret.

Words are in lower case and without accents (ø is o, ß is ss), in the singular where English has one. They are Python
and no data file because every run needs them, and Python reads its own compiled form fastest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# fmt: off
WORDS: Mapping[str, Sequence[str]] = {
    # A name with one of these words in it is that of a secret.
    "secrets": [
        # English
        "password", "passwd", "passwort", "passphrase", "passcode", "passkey", "pwd", "passw", "secret", "token",
        "credential", "cred", "bearer", "jwt", "psk", "otp", "totp", "hotp", "keytab", "keystore", "keyfile",
        "kubeconfig", "apikey",
        # German, Dutch, Danish, Norwegian, Swedish, Finnish, Estonian
        "kennwort", "geheimnis", "geheim", "geheimer", "geheimes", "zugangsdaten", "anmeldedaten", "wachtwoord",
        "adgangskode", "kodeord", "passord", "losenord", "hemlighet", "hemmelighed", "hemmelighet", "salasana",
        "salaisuus", "parool",
        # French, Spanish, Italian, Portuguese, Romanian, Catalan
        "jeton", "motdepasse", "contrasena", "contrasenia", "contrasenya", "credencial", "credenciales", "credenziali",
        "credenciais", "segreto", "secreto", "segredo", "senha", "parola",
        # Polish, Czech, Slovak, Hungarian, Croatian, Lithuanian, Turkish, Indonesian
        "haslo", "heslo", "jelszo", "lozinka", "zaporka", "slaptazodis", "sifre", "sandi",
        # Greek
        "κωδικοσ", "κωδικος", "συνθηματικο",
    ],

    # A word that begins or ends so is one as well: clientsecret, Zugriffstoken, секретный.
    "beginnings": ["парол", "токен", "secretkey", "secretaccess"],
    "endings": ["token", "secret", "geheimnis", "kennwort", "passwort", "password", "wachtwoord", "pwd", "passwd"],

    # So is a word, in a script that puts no blanks between words, in which one of these stands.
    "parts": [
        "パスワード", "暗証", "秘密", "トークン", "シークレット", "apiキー", "api キー", "アクセスキー",
        "アクセス キー",
        "密码", "密碼", "密钥", "密鑰", "金鑰", "令牌", "口令", "凭证", "凭据", "憑證", "私钥", "私鑰", "秘钥",
        "비밀", "암호", "토큰", "시크릿", "api 키", "api키", "액세스 키",
        "كلمة المرور", "كلمة السر", "סיסמה", "סיסמא", "รหัสผ่าน", "पासवर्ड",
        "секретный", "секретная", "секрет ",
    ],

    # Words that together are the name of a secret.
    "phrases": [
        "connection string", "connectionstring", "conn string", "conn str", "connstr", "connstring", "pass word",
        "pass phrase", "pass code", "recovery phrase", "seed phrase", "recovery code", "backup code", "access code",
        "auth code", "security code", "security answer", "session id", "sessionid", "shared access", "access signature",
        "service account json", "service account file", "mot de passe", "mots de passe", "mot passe", "mat khau",
        "palavra passe", "palabra de paso",
    ],

    # Words that are the name of a secret where they end it, or where only one of `values` follows them.
    "last": [
        "pass", "pin", "pw", "auth", "authorization", "authorisation", "cookie", "pat", "salt", "signing", "pem", "pfx",
        "секрет", "clave",
    ],
    "values": [
        "value", "code", "header", "string", "data", "info", "json", "text", "detail", "number", "nr", "no", "phrase",
        "word",
    ],

    # Always a secret: a URL with a signature or a password in it is no address.
    "always": ["sas", "dsn"],

    # A key that ends a name is a secret...
    "keys": [
        "key", "schlussel", "sleutel", "nyckel", "nokkel", "nogle", "cle", "clave", "llave", "chiave", "chave", "klucz",
        "klic", "avain", "anahtar", "kulcs", "cheie", "kljuc", "ключ", "κλειδι",
        "schluessel",
    ],
    # ...but for the keys of data, and those that may be known.
    "ordinary": [
        "primary", "foreign", "unique", "composite", "compound", "natural", "surrogate", "candidate", "sort", "sorting",
        "partition", "join", "lookup", "match", "matching", "map", "mapping", "field", "external", "dedupe", "dedup",
        "deduplication", "idempotency", "idempotent", "cache", "column", "row", "object", "record", "item", "order",
        "customer", "invoice", "project", "issue", "ticket", "epic", "space", "board", "index", "group", "grouping",
        "routing", "message", "dictionary", "json", "hot", "arrow", "public", "publishable", "business", "reference",
        "ref",
        "merge", "upsert", "translation", "resource", "bucket", "registry", "event", "metadata", "attribute",
        "property",
        "tag", "label", "header", "shard", "hash", "range", "stable", "config", "configuration", "sync", "correlation",
        "entity", "table", "search", "filter", "variable", "setting", "data", "response", "request", "payload",
        "document",
        "feature", "flag", "cell", "state", "enum", "option", "question", "category", "department", "location", "site",
        "warehouse", "supplier", "employee", "folder", "topic", "contact", "company", "parent", "child", "source",
        "target",
        "primaria", "primarschlussel", "primar", "fremd", "foranea", "внешний", "первичный",
    ],
    # A key with one of these before it (in some languages: beside it) is a secret wherever it stands.
    "guarded": [
        "api", "access", "private", "secret", "signing", "signature", "encryption", "encrypting", "decryption",
        "cipher",
        "master", "account", "storage", "shared", "preshared", "subscription", "license", "licence", "app",
        "application",
        "auth", "authentication", "authorization", "ssh", "rsa", "dsa", "ecdsa", "pgp", "gpg", "hmac", "aes", "jwt",
        "tls",
        "ssl", "consumer", "client", "server", "admin", "service", "rest", "write", "ingest", "ingestion",
        "integration",
        "function", "host", "deploy", "session", "security", "webhook", "live", "partner", "developer", "activation",
        "symmetric", "crypto", "pass", "sftp", "ftp", "bot", "security",
        "prive", "privee", "secrete", "secrete", "secreta", "segreta", "privada", "privata", "privato", "acceso",
        "acces",
        "accesso", "acesso", "geheim", "geheimer", "geheime", "privater", "zugangs", "zugriffs", "privat", "toegangs",
        "hemlig", "hemmelig", "tajny", "prywatny", "tajemny", "gizli", "salainen", "секретный", "приватный", "закрытый",
    ],

    # What a name is about instead, where it ends so: where a token is fetched, how long it lasts, how a field is
    # called.
    "about": [
        "url", "uri", "endpoint", "path", "type", "format", "policy", "length", "size", "limit", "count", "lifetime",
        "expiry", "expiration", "expires", "ttl", "duration", "timeout", "interval", "day", "hour", "minute", "second",
        "enabled", "required", "optional", "mapping", "map", "field", "column", "name", "prefix", "suffix", "location",
        "placement", "rotation", "version", "method", "mode", "algorithm", "label", "description", "hint", "pattern",
        "regex", "strategy", "provider", "manager", "page", "usage", "budget", "schedule", "scope", "issuer",
        "audience",
    ],
    # What may follow without changing what a name is about.
    "further": [
        "live", "test", "prod", "production", "staging", "stage", "sandbox", "dev", "development", "qa", "uat", "new",
        "old",
        "current", "previous", "primary", "secondary", "backup", "base", "value", "plain", "text", "raw", "encoded",
        "pem",
        "hex", "b64", "us", "eu", "uk", "v",
    ],
    # How a name begins that is a question.
    "questions": [
        "is", "has", "use", "uses", "enable", "enabled", "disable", "require", "requires", "show", "hide", "allow",
        "include",
        "should",
    ],
    # Tokens that are counted, as language models do.
    "counted": [
        "max", "maximum", "min", "minimum", "total", "remaining", "input", "output", "prompt", "completion", "number",
    ],
    # What a search is for, in languages that call it a "key word".
    "terms": [
        "parola chiave", "parole chiave", "palabra clave", "palabras clave", "palavra chave", "mot cle", "mots cles",
        "mots cle",
    ],
    # Words that only look like one of the above.
    "unlike": [
        "monkey", "turkey", "donkey", "hockey", "jockey", "whiskey", "compass", "bypass", "trespass", "encompass",
        "surpass",
        "underpass", "overpass", "betoken",
    ],
}
