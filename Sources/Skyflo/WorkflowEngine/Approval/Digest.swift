import Crypto
import KubeModel
import SkyfloAPI

/// What an approval is bound to.
package enum Digest {
    /// `sha256:` and the hexadecimal SHA-256 over the canonical JSON of everything that makes a call what it is: the
    /// conversation's uid, the turn, the call's id, who it runs as, the tool, the arguments as the model wrote them,
    /// where it has arguments from earlier results, the exact requests with the uid and resourceVersion of every target and the hashes of its content that was previewed. Two
    /// calls that differ in any of these differ in this.
    ///
    /// Where credentials in arguments and requests are shown as tokens, it is over what is shown and over the fingerprint, a
    /// keyed hash of what they are: so it can be checked by who may not see them.
    package static func of(
        conversationUID: String, turn: Int, callID: String, identity: String, tool: String, arguments: String,
        requests: [JSONValue], postConditions: [JSONValue], references: [String] = [], fingerprint: String? = nil
    ) -> String {
        let canonical: JSONValue = .compact([
            "conversation": .string(conversationUID), "turn": JSONValue(turn), "call": .string(callID),
            "identity": .string(identity), "tool": .string(tool), "arguments": .string(arguments),
            "requests": .array(requests),
            "postConditions": .array(postConditions),
            "references": references.isEmpty ? nil : JSONValue(references),
            "fingerprint": fingerprint.map(JSONValue.string),
        ])
        return of(canonical)
    }

    /// Of an approval as people see it. Where it isn't the digest that the entry has, somebody changed the entry after the
    /// operator wrote it.
    package static func of(_ approval: Approval, turn: Int, callID: String, in conversation: Conversation) -> String {
        of(
            conversationUID: conversation.uid, turn: turn, callID: callID, identity: conversation.identity,
            tool: approval.tool, arguments: approval.arguments, requests: approval.requests,
            postConditions: approval.postConditions, references: approval.references, fingerprint: approval.fingerprint)
    }

    /// `sha256:` and the hexadecimal SHA-256 over the canonical JSON.
    package static func of(_ json: JSONValue) -> String {
        "sha256:" + SHA256.hash(data: JSONWriter.bytes(json, options: .canonical)).hexadecimal
    }

    /// The SHA-256 of a text: for ids that follow from what they are of.
    package static func bytes(of text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}
