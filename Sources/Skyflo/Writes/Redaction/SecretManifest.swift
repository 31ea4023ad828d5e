import KubeClient
import KubeModel

/// Which Secrets may be written. Who approves sees a token in place of each value, so a value must be no more than one: not
/// a program that something would run, and not a Secret that makes the API server or a controller do something.
package struct SecretManifest: Sendable {
    private let planned: PlannedRequest

    /// nil for a request that isn't about a Secret, and for a deletion.
    package init?(_ planned: PlannedRequest) {
        guard planned.target.resource.isSame(as: .secrets), planned.request.method != .delete else { return nil }
        self.planned = planned
    }

    /// Why it isn't written; nil where it may be.
    package var refusal: String? {
        guard isWhole, let object = planned.submitted, object.kind == "Secret" else {
            return "Secrets are written by k8s_apply of a manifest of kind Secret, and by nothing else"
        }
        let type = object["type"]?.string ?? planned.before?["type"]?.string ?? "Opaque"
        guard Self.types.contains(type) else {
            return
                "a Secret of type \(type) is not written; the types are \(Self.types.sorted().joined(separator: ", "))"
        }
        for (key, value) in object["stringData"]?.object ?? [:] {
            if let problem = Self.problem(Array((value.string ?? "").utf8)) { return "stringData.\(key): \(problem)" }
        }
        for (key, value) in object["data"]?.object ?? [:] {
            guard let text = value.string, let bytes = Base64.decode(text) else {
                return "data.\(key): not base64; plain text belongs into stringData"
            }
            if let problem = Self.problem(bytes) { return "data.\(key): \(problem)" }
        }
        return nil
    }

    /// Why a Secret of a chart isn't written: a token that the API server would make or take; nil for all others.
    package static func refusal(ofChart secret: KubeObject) -> String? {
        let type = secret["type"]?.string ?? "Opaque"
        return madeByServer.contains(type) ? "a Secret of type \(type) is not written" : nil
    }

    private static let madeByServer: Set<String> = [
        "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token",
    ]

    /// What of a Secret could be more than a value: a program, or text that nobody sees and approves. By its key.
    package static func hiddenTexts(in secret: KubeObject) -> [(key: String, text: String)] {
        let plain = (secret["stringData"]?.object ?? [:]).compactMap { key, value in value.string.map { (key, $0) } }
        let encoded = (secret["data"]?.object ?? [:]).compactMap { key, value in
            value.string.flatMap { Base64.decode($0) }.map { (key, String(decoding: $0, as: UTF8.self)) }
        }
        return (plain + encoded).filter { problem(Array($0.1.utf8)) != nil }.map { (key: $0.0, text: $0.1) }
    }

    /// A whole object in which every value stands under its key: of another patch it can't be told what is one.
    private var isWhole: Bool {
        switch planned.request.method {
        case .post, .put: planned.request.contentType == "application/json"
        case .patch: planned.request.contentType == Patch.apply(.null).contentType
        default: false
        }
    }

    /// Others are tokens that the API server makes, or state of controllers: of releases, of transcripts, of node bootstraps.
    private static let types: Set<String> = [
        "Opaque", "kubernetes.io/basic-auth", "kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson",
        "kubernetes.io/ssh-auth", "kubernetes.io/tls",
    ]
    private static let longest = 16 * 1024

    private static func problem(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= longest else { return "longer than \(longest) bytes" }
        // What isn't text is a key, and nothing that a shell would run.
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) ? "a program is no credential" : nil
        }
        if text.hasPrefix("#!") { return "a script is no credential" }
        let lines = text.split(whereSeparator: \.isNewline)
        if lines.count < 2 || isSettings(text) || isKeys(lines) { return nil }
        return
            "text of several lines that is neither PEM nor JSON could be anything, and nobody could see and approve it"
    }

    /// Such as `.dockerconfigjson`, and the key file of a cloud's account.
    private static func isSettings(_ text: String) -> Bool { (try? JSONParser.parse(text))?.object != nil }

    /// PEM, and keys as OpenSSH prints them: lines without blanks between marks, and nothing outside of them.
    private static func isKeys(_ lines: [Substring]) -> Bool {
        var isInside = false
        for line in lines {
            if line.hasPrefix("-----BEGIN "), !isInside {
                isInside = true
            } else if line.hasPrefix("-----END "), isInside {
                isInside = false
            } else if !isInside || !(line.utf8.allSatisfy(isPEM) || isHeader(line)) {
                return false
            }
        }
        return !isInside
    }

    /// Of an encrypted key (RFC 1421).
    private static func isHeader(_ line: Substring) -> Bool {
        ["Proc-Type: 4,ENCRYPTED", "DEK-Info: "].contains { line.hasPrefix($0) }
            && !line.utf8.contains { "$`;|&<>()".utf8.contains($0) }
    }

    private static func isPEM(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+/=-".utf8.contains(byte)
        }
    }
}
