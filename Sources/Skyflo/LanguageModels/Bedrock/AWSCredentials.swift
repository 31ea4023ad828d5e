/// What requests to AWS are signed with.
package struct AWSCredentials: Sendable, Hashable {
    /// Public, unlike the rest: each request names it.
    package var accessKeyID: Credential
    package var secretAccessKey: Credential
    /// Of credentials that end by themselves.
    package var sessionToken: Credential?

    package init(accessKeyID: Credential, secretAccessKey: Credential, sessionToken: Credential? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}
