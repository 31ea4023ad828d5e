import KubeModel
import Testing

@testable import Writes

/// A value is judged together with its name.
@Suite struct CredentialValuesTests {
    /// As a member, as a variable, as an operation of a patch and as a line of text.
    private func shown(_ name: String, _ value: String) -> [String] {
        let path = "/data/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        let objects: [JSONValue] = [
            [name: .string(value)], ["name": .string(name), "value": .string(value)],
            ["op": "add", "path": .string(path), "value": .string(value)],
        ]
        return objects.map { JSONWriter.string(redactor.redact(json: $0)) }
    }

    private static let plain: [(String, String)] = [
        ("ENABLE_BASIC_AUTH", "yes"), ("ENABLE_BASIC_AUTH", "no"), ("REQUIRE_AUTH", "1"), ("REQUIRE_AUTH", "0"),
        ("AUTH", "on"),
        ("AUTH", "off"), ("AUTH_SERVER", "https://login.example"), ("AUTH_SERVER", "https://login.other.test"),
        ("AUTH_SERVER", "keycloak.auth.svc:8080"), ("AUTH_SERVER", "keycloak:8080"), ("AUTH", "any"), ("AUTH", "none"),
        ("AUTH", "deny"), ("AUTH_ENABLED", "disabled"), ("DISABLE_AUTH", "true"), ("ALLOW_ANONYMOUS_AUTH", "enabled"),
        ("ALLOW_EMPTY_PASSWORD", "yes"), ("REQUIRE_PASSWORD", "optional"), ("AUTH_TIMEOUT", "30s"),
        ("TOKEN_TTL", "3600"),
        ("TOKEN_TTL", "720h"), ("AUTH_CACHE", "10m"), ("AUTH_MODE", "none"), ("AUTH_TYPE", "oidc"),
        ("authType", "digest"),
        ("auth", "basic"), ("auth-mode", "forward"), ("SASL_AUTH", "SCRAM-SHA-256"), ("JWT_ALG", "RS256"),
        ("JWT_ALGORITHMS", "RS256,none"), ("auth-secret", "basic-auth"), ("existingSecret", "web-db"),
        ("nginx.ingress.kubernetes.io/auth-secret", "basic-auth"),
        ("nginx.ingress.kubernetes.io/auth-secret", "shop/basic-auth"),
        ("nginx.ingress.kubernetes.io/auth-tls-secret", "shop/ca"), ("haproxy.org/auth-secret", "users"),
        ("nginx.ingress.kubernetes.io/auth-type", "basic"), ("nginx.ingress.kubernetes.io/auth-realm", "Please log in"),
        ("nginx.ingress.kubernetes.io/auth-signin", "https://login.example/start?rd=$escaped_request_uri"),
        ("nginx.ingress.kubernetes.io/auth-signin", "https://login.other.test/start?rd=$escaped_request_uri"),
        ("nginx.ingress.kubernetes.io/auth-url", "http://auth.shop.svc.cluster.local/oauth2/auth"),
        ("nginx.ingress.kubernetes.io/auth-response-headers", "X-Auth-User, X-Email"),
        ("nginx.ingress.kubernetes.io/auth-cache-key", "$remote_user$http_authorization"),
        ("nginx.ingress.kubernetes.io/auth-cache-duration", "200 202 10m, 401 5m"),
        ("nginx.ingress.kubernetes.io/auth-method", "GET"), ("nginx.ingress.kubernetes.io/enable-global-auth", "false"),
        ("nginx.ingress.kubernetes.io/session-cookie-samesite", "None"),
        ("nginx.ingress.kubernetes.io/session-cookie-secure", "false"),
        ("nginx.ingress.kubernetes.io/session-cookie-path", "/shop"),
        ("nginx.ingress.kubernetes.io/affinity", "cookie"), ("alb.ingress.kubernetes.io/auth-type", "cognito"),
        ("alb.ingress.kubernetes.io/auth-on-unauthenticated-request", "allow"),
        ("alb.ingress.kubernetes.io/auth-scope", "email openid"),
        ("AUTH_WHITELIST", "10.0.0.0/8"), ("AUTH_BYPASS", "0.0.0.0/0"), ("GF_AUTH_ANONYMOUS_ORG_ROLE", "Admin"),
        ("AUTH_USER", "app"), ("COOKIE_DOMAIN", ".shop.example"), ("COOKIE_SAMESITE", "Lax"), ("COOKIE_SECURE", "off"),
        ("PASSWORD_HASHING", "bcrypt"), ("PASSWORD_MIN_LENGTH", "12"), ("PASSWORD_ROTATION", "disabled"),
        ("PASSWORD", "$(DB_PASSWORD)"), ("PASSWORD", "${DB_PASSWORD}"), ("PASSWORD", ""), ("PASSWORD", "false"),
        ("PASSWORD_FILE", "/run/secrets/db"), ("TOKEN", "/var/run/secrets/token"), ("secretName", "web-tls"),
        ("tokenSecretRef", "ci"), ("AUTH_HEADER", "X-Auth-User"), ("TOKEN_URL", "https://idp.example/token"),
        ("auth-snippet", "proxy_set_header X-Forwarded-User $user;"), ("automountServiceAccountToken", "false"),
        ("security.istio.io/tlsMode", "istio"),
        ("traefik.ingress.kubernetes.io/router.middlewares", "shop-auth@kubernetescrd"),
    ]

    @Test(arguments: plain)
    func `what can't be a credential is shown whatever its name`(_ name: String, _ value: String) {
        for text in shown(name, value) { #expect(!text.contains("‹redacted:"), "\(text)") }
    }

    private static let hidden: [(String, String)] = [
        ("ENABLE_AUTH", "Zk3v9QpLx1"), ("ENABLE_BASIC_AUTH", "dXNlcjpwYXNz"), ("AUTH", "dXNlcjpwYXNz"),
        ("AUTH", "admin:1234"),
        ("BASIC_AUTH", "admin:secretword"), ("AUTH_TOKEN", "123456"), ("PASSWORD", "123456"), ("PIN", "4711"),
        ("DB_PASSWORD", "correct-horse-battery"), ("CLIENT_SECRET", "basic-auth"), ("clientSecret", "web"),
        ("AUTH_SECRET", "web-auth"), ("auth-secret", "Zk3v9QpLx1Zk3v9QpLx1"), ("existingSecret", "Zk3v9QpLx1"),
        ("nginx.ingress.kubernetes.io/auth-secret", "Zk3v9QpLx1"), ("AUTH_SERVER", "https://user:pw@login.example"),
        ("AUTH_SERVER", "https://login.example/?key=Zk3v9QpLx1Zk3v9Q"),
        ("WEBHOOK_URL", "https://x.example/h/Zk3v9QpLx1Zk3v9Q"),
        ("AUTH_SERVER", "Zk3v9QpLx1"), ("AUTH_TIMEOUT", "Zk3v9QpLx1"), ("AUTH_ENABLED", "Zk3v9QpLx1"),
        ("AUTH_MODE", "Zk3v9QpLx1"),
        ("AUTH_HEADER", "Bearer Zk3v9QpLx1"), ("COOKIE_SECRET", "abc"), ("COOKIE", "sid=Zk3v9QpLx1"),
        ("TOKEN", "abcdefgh"),
        ("TOKEN", "0123456789abcdef0123456789abcdef"), ("API_KEY", "yes-and-no"), ("PASSWORD", "https://login.example"),
        ("PASSWORD", "30s"), ("PASSWORD", "optional-ly"), ("ALLOW_EMPTY_PASSWORD", "Zk3v9QpLx1"),
        ("PASSWORD", "a$(B)c"),
        ("password", "/Ab3dEfGh1jKlMn0p/x=="), ("AUTH_USERS", "alice:Zk3v9QpLx1"), ("JWT", "RS256x9Zk3v9QpLx1"),
        ("OAUTH_TOKEN_VALUE", "77777777"), ("passwords", "a1,b2"), ("AUTH_SCOPES", "Zk3v9QpLx1 email"),
        ("pass", "Zk3v9QpLx1"),
    ]

    @Test(arguments: hidden)
    func `what may be a credential is hidden whatever its name`(_ name: String, _ value: String) {
        for text in shown(name, value) { #expect(text.contains("‹redacted:"), "\(text)") }
    }

    @Test func `a change of a switch is shown, and one of a password by two tokens`() {
        #expect(shown("ENABLE_AUTH", "yes") != shown("ENABLE_AUTH", "no"))
        #expect(shown("PASSWORD", "one-of-them") != shown("PASSWORD", "another-one"))
    }

    @Test func `numbers are judged as texts are`() {
        #expect(
            redactor.redact(json: ["authRetries": 3, "pin": 4711]) == [
                "authRetries": 3, "pin": .string(redactor.token("4711")),
            ])
        let variable: JSONValue = ["name": "PASSWORD", "value": 123_456]
        #expect(redactor.redact(json: variable)["value"]?.string == redactor.token("123456"))
    }

    @Test func `values of a list under a telling name are hidden, and the words of a command line by their program`() {
        let json: JSONValue = [
            "passwords": ["hunter2x"], "command": ["mysqladmin", "-h", "db"], "args": ["ping", "-phunter2x"],
            "other": ["curl", "-u", "app:hunter2x"], "ports": ["docker", "run", "-p", "8080:80"],
        ]
        let text = JSONWriter.string(redactor.redact(json: json))
        #expect(!text.contains("hunter2x") && text.contains("8080:80") && text.contains("app:‹"), "\(text)")
    }

    @Test func `the name of a Secret is shown where the fields around it say that it is one`() {
        let json: JSONValue = [
            "basicAuth": ["secret": "web-users"], "data": [["secretKey": "password", "remoteRef": ["key": "shop/db"]]],
            "imagePullSecrets": ["registry"], "auth": ["secret": "web-users"],
        ]
        let shown = redactor.redact(json: json)
        for member in ["basicAuth", "data", "imagePullSecrets"] { #expect(shown[member] == json[member]) }
        #expect(shown["auth"] != json["auth"])
    }
}
