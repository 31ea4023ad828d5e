/// A part of a build's log.
package struct JenkinsLog: Sendable, Hashable {
    /// In the log's own bytes.
    package var start: Int
    /// Where what follows begins.
    package var next: Int
    /// Of the whole log by now; nil where Jenkins doesn't tell.
    package var size: Int?
    /// Whether the build still writes.
    package var isRunning: Bool
    package var text: String
}

extension JenkinsClient {
    /// How much of a log is read at once, in bytes.
    package static let logWindow = 256 * 1024

    /// A part of a log, from a byte on.
    ///
    /// - Parameter limit: of bytes that are read.
    package func log(
        _ build: JenkinsBuildReference, of path: JenkinsPath, from start: Int, limit: Int = JenkinsClient.logWindow
    ) async throws -> JenkinsLog {
        try check(path)
        let request = try IntegrationRequest(
            .get, segments: path.segments + [build.description, "logText", "progressiveText"],
            query: [.init("start", value: String(start))], limit: limit, isCutAtLimit: true)
        let response = try await text("the log of build \(build) of job \(path)", request)
        let size = response.header("x-text-size").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        if response.header("content-type")?.lowercased().hasPrefix("text/html") == true {
            throw IntegrationError(.malformed, message: "Jenkins \(name) answered with a web page in place of a log")
        }
        // Jenkins begins anew where it is asked for what is behind the end.
        let isBehind = size.map { start > $0 } ?? false
        let begin = isBehind ? 0 : start
        return JenkinsLog(
            start: begin, next: response.isCut ? begin + response.body.count : size ?? begin + response.body.count,
            size: size, isRunning: response.header("x-more-data")?.lowercased() == "true",
            text: limit == 0 ? "" : ConsoleText.plain(Self.whole(response.body, isCut: response.isCut)))
    }

    /// The end of a log.
    package func logEnd(
        _ build: JenkinsBuildReference, of path: JenkinsPath, limit: Int = JenkinsClient.logWindow
    ) async throws -> JenkinsLog {
        let head = try await log(build, of: path, from: 0, limit: 0)
        guard let size = head.size, size > limit else { return try await log(build, of: path, from: 0, limit: limit) }
        var end = try await log(build, of: path, from: size - limit, limit: limit)
        // The first line is most likely half of one.
        if let feed = end.text.firstIndex(of: "\n") { end.text = String(end.text[end.text.index(after: feed)...]) }
        return end
    }

    /// Without a character that was cut through.
    private static func whole(_ bytes: [UInt8], isCut: Bool) -> ArraySlice<UInt8> {
        guard isCut else { return bytes[...] }
        var end = bytes.endIndex
        while end > 0, bytes.endIndex - end < 4, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
        return end > 0 && bytes[end - 1] >= 0xC0 ? bytes[..<(end - 1)] : bytes[...]
    }
}
