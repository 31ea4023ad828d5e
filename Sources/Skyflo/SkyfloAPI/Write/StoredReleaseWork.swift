/// What a write does for a release of Helm: to the Secret in which a revision is stored, or to an object by what is stored
/// there. What is stored isn't repeated here: it may be large, and may hold credentials. Digests say what it has to be.
package struct StoredReleaseWork: Sendable, Hashable {
    package enum Kind: String, Sendable, JSONCodable {
        /// Stores a new revision with the content of the one that ``release`` and ``revision`` name, or, where that is the new one
        /// itself, with content that was made of a chart.
        case createRecord = "CreateRecord"
        /// Stores another status of a revision.
        case markRecord = "MarkRecord"
        /// Deletes the record of a revision.
        case deleteRecord = "DeleteRecord"
        /// Applies or deletes an object, or creates a hook.
        case object = "Object"
        /// Deletes what an earlier step has created.
        case deleteCreated = "DeleteCreated"
    }

    package var kind: Kind
    package var release: String
    /// Where the release is, and its records are.
    package var namespace: String
    /// The revision that the content is taken from.
    package var revision: Int
    /// Of its Secret; empty where an earlier step makes it.
    package var secretUID: String
    /// Keyed digest (HMAC-SHA-256) of its content: chart, values, manifest and hooks.
    package var digest: String

    /// Which object of the content is sent: `manifest/3`, or `hooks/1/0`; nil for what has no content.
    package var part: String?
    /// Keyed digest (HMAC-SHA-256) of that object as it's sent, without its preconditions.
    package var bodyDigest: String?

    /// The status that a record gets.
    package var status: String?
    /// Those that it may have before. Of what deletes what a step created: how that step may have ended; none for any end.
    package var from: [String] = []
    package var message: String?
    /// Positions of the hooks that have run by then.
    package var hooks: [Int] = []
    /// When the release was installed, for a new revision.
    package var firstDeployed: String?
    /// The newest revision as the plan found it, for a new one; nil where there was none.
    package var previous: Previous?
    /// Tells a new record from one that somebody else makes of the same content at the same time.
    package var nonce: String?

    /// A revision that a plan was made after.
    package struct Previous: Sendable, Hashable {
        package var revision: Int
        /// Of its Secret.
        package var uid: String
        package var status: String

        package init(revision: Int, uid: String, status: String) {
            self.revision = revision
            self.uid = uid
            self.status = status
        }
    }

    package init(
        _ kind: Kind, release: String, namespace: String, revision: Int, secretUID: String, digest: String
    ) {
        self.kind = kind
        self.release = release
        self.namespace = namespace
        self.revision = revision
        self.secretUID = secretUID
        self.digest = digest
    }
}

extension StoredReleaseWork: JSONRecord {
    package init() { self.init(.object, release: "", namespace: "", revision: 0, secretUID: "", digest: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&kind, as: "kind")
        members.require(&release, as: "release") { !$0.isEmpty }
        members.require(&namespace, as: "namespace") { !$0.isEmpty }
        members.require(&revision, as: "revision") { $0 > 0 }
        members.code(&secretUID, as: "secretUID", omitting: "")
        members.code(&digest, as: "digest", omitting: "")
        members.code(&part, as: "part")
        members.code(&bodyDigest, as: "bodyDigest")
        members.code(&status, as: "status")
        members.understand(&from, as: "from")
        members.code(&message, as: "message")
        members.understand(&hooks, as: "hooks")
        members.code(&firstDeployed, as: "firstDeployed")
        members.understand(&previous, as: "previous")
        members.code(&nonce, as: "nonce")
    }
}

extension StoredReleaseWork.Previous: JSONRecord {
    package init() { self.init(revision: 0, uid: "", status: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&revision, as: "revision") { $0 > 0 }
        members.require(&uid, as: "uid")
        members.require(&status, as: "status")
    }
}
