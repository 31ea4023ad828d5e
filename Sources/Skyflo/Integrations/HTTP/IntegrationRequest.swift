import KubeModel

/// One request to an integration, as a value: what is asked for, never where or as whom.
package struct IntegrationRequest: Sendable, Hashable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// A name and a value of a query or a form.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let method: Method
    /// The encoded path below the integration's prefix, with its query.
    package let target: String
    /// Sent as `application/x-www-form-urlencoded`.
    package var form: [Field]
    /// Headers besides the usual ones, such as a crumb. Never stored.
    package var extraHeaders: [Field] = []
    /// How many bytes of the body are read; 0 reads the head alone.
    package var limit: Int
    /// Whether a longer body is cut there; otherwise the answer is refused.
    package var isCutAtLimit: Bool
    /// Whether the system may send on to another host, of those that the admin named for it.
    package var mayLeaveOrigin = false
    /// Whether an answer that isn't a failure is taken as it is. Otherwise the credential is hidden where it is repeated, which
    /// would break archives.
    package var isVerbatim = false
    /// What else than the credential may be read in no answer: what ``extraHeaders`` have of secrets.
    package var secretTexts: [[UInt8]] = []

    /// Of an answer in JSON.
    package static let usualLimit = 4 << 20

    /// - Parameters:
    ///   - segments: of the path, unencoded.
    ///   - isDirectory: whether the path ends in a slash.
    ///   - encodesSlashes: whether a segment may have slashes, which are sent as `%2F`: names of projects and of branches.
    /// - Throws: ``IntegrationError`` where a segment can't be part of a path.
    package init(
        _ method: Method, segments: [String], isDirectory: Bool = false, encodesSlashes: Bool = false,
        query: [Field] = [], form: [Field] = [], limit: Int = IntegrationRequest.usualLimit, isCutAtLimit: Bool = false
    ) throws(IntegrationError) {
        for segment in segments {
            guard encodesSlashes else {
                try Self.check(segment)
                continue
            }
            for part in segment.split(separator: "/", omittingEmptySubsequences: false) { try Self.check(String(part)) }
        }
        let path = segments.map { "/" + PercentEncoding.segment($0) }.joined() + (isDirectory ? "/" : "")
        let fields = query.map { "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))" }
        self.method = method
        target = path + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&"))
        self.form = form
        self.limit = limit
        self.isCutAtLimit = isCutAtLimit
    }

    /// - Parameter target: as another request had it.
    package init(_ method: Method, target: String, form: [Field] = []) {
        self.method = method
        self.target = target
        self.form = form
        limit = Self.usualLimit
        isCutAtLimit = false
    }

    /// The same elsewhere, without the extra headers.
    func following(to target: String) -> IntegrationRequest {
        var request = IntegrationRequest(.get, target: target)
        (request.limit, request.isCutAtLimit, request.isVerbatim) = (limit, isCutAtLimit, isVerbatim)
        request.secretTexts = secretTexts
        return request
    }

    /// That is as long as a name on a file system may be, and more than any of Jenkins.
    private static let longestSegment = 255

    private static func check(_ segment: String) throws(IntegrationError) {
        func refuse(_ why: String) throws(IntegrationError) {
            throw IntegrationError(.refused, message: "\(JSONWriter.string(.string(excerpt(segment)))) \(why)")
        }
        if segment.isEmpty { try refuse("is no part of a path: it is empty") }
        if segment == "." || segment == ".." { try refuse("is no name: it would lead to another path") }
        if segment.utf8.count > longestSegment { try refuse("is longer than \(longestSegment) bytes") }
        if segment.contains("/") || segment.contains("\\") { try refuse("is no part of a path: it has a slash") }
        if segment.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            try refuse("has a control character")
        }
    }

    private static func excerpt(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))…" : text }

    /// The form as it is sent.
    package var body: String {
        form.map { "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))" }.joined(separator: "&")
    }
}
