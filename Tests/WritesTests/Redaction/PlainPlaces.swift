/// What is told about credentials in the forms of ``CredentialPlaces``, and isn't one.
enum PlainPlaces {
    static let all: [String] = [
        "DB_PASSWORD: unbound variable",
        "failed to parse private key: asn1: structure error",
        "Unable to attach or mount volumes: unattached volumes=[db-secret]: timed out waiting for the condition",
        "alb.ingress.kubernetes.io/auth-session-cookie: AWSELBAuthSessionCookie",
        "secret: web-tls",
        "secret: db-credentials not found",
        "Invalid value: \"app_auth\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters",
        "ENCRYPTION_KEY_ID=arn:aws:kms:eu-west-1:123456789012:key/abcd",
        "password=REDACTED",
        "usage: app --user USER --password PASSWORD",
        "oauth2-proxy: --skip-auth-route=^/health",
        "ExpiredToken: The security token included in the request is expired",
        "env DB_PASSWORD comes from secret db key password",
        "UPDATE users SET password = $1 WHERE id = $2",
        "INSERT INTO users (name, password) VALUES ($1, $2)",
        "INSERT INTO users (name, password) VALUES (?, ?)",
        "Patch configmap shop/db-password: data.mode, data.url",
        "NAME      SECRETS   AGE\ndefault   0         12d\nbuild     1         3d",
        "NAME   READY   SECRET    AGE\nweb    True    web-tls   3d",
        "PASS    example.com/pkg  0.123s",
        "PASS test_token_01.py",
        "USER   PASSWORD   STATUS\napp    expired    Active",
        "ALTER TABLE users ADD COLUMN password text NOT NULL",
    ]
}
