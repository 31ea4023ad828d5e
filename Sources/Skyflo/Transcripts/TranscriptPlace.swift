import KubeModel
import SkyfloAPI

/// The names of the Secrets of one transcript.
package struct TranscriptPlace: Sendable, Hashable {
    /// All Secrets of transcripts in the operator's namespace begin with it.
    static let common = "skyflo-transcript-"

    package var namespace: String
    package var prefix: String
    /// The uid of the conversation that has to own the Secrets; nil where the prefix names it whole.
    package var owner: String?

    /// Where transcripts are kept: the uid, which is in the name and never used again, keeps those of conversations apart
    /// that have the same name one after the other.
    package init(of conversation: Conversation, in namespace: String) {
        self.init(uid: conversation.uid, in: namespace)
    }

    init(uid: String, in namespace: String) {
        self.namespace = namespace
        prefix = Self.common + uid
    }

    /// Where the version before kept it.
    package init(beside conversation: Conversation) {
        namespace = conversation.namespace
        owner = conversation.uid
        // A name may have 253 characters, and the suffix must fit too; a cut must not end in a character that no part of a
        // name may end in.
        var name = conversation.object.name.prefix(220)
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        prefix = "\(name)-transcript-\(conversation.uid.prefix(8))"
    }

    package func name(_ number: Int) -> String { "\(prefix)-\(number)" }

    /// The uid in the name of a Secret; nil for one that is no transcript's.
    static func uid(inName name: String) -> String? {
        guard name.hasPrefix(common), let dash = name.lastIndex(of: "-") else { return nil }
        let (uid, number) = (name[..<dash].dropFirst(common.count), name[dash...].dropFirst())
        guard !uid.isEmpty, !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return String(uid)
    }
}
