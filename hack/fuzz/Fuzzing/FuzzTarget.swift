/// What is fuzzed: how inputs are made, and what has to hold for each.
///
/// An input is a text, also where the target works on values, so that every failure can be kept and tried again.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Pieces that mean something to the target.
    package let words: [String]
    let generate: @Sendable (inout SeededGenerator) -> [UInt8]
    /// Throws ``FuzzFailure`` when a promise is broken. What the input deserves (a parse error) is no failure.
    package let check: @Sendable ([UInt8]) throws -> Void

    package func input(_ random: inout SeededGenerator) -> [UInt8] { generate(&random) }

    /// - Parameter corpus: valid inputs, which have to pass as they are too.
    static func text(
        _ name: String, corpus: [String], words: [String], _ check: @escaping @Sendable ([UInt8]) throws -> Void
    ) -> FuzzTarget {
        bytes(name, corpus: corpus.map { Array($0.utf8) }, words: words, check)
    }

    /// The same of inputs that are no texts.
    static func bytes(
        _ name: String, corpus: [[UInt8]], words: [String], _ check: @escaping @Sendable ([UInt8]) throws -> Void
    ) -> FuzzTarget {
        let mutator = TextMutator(corpus: corpus, words: words.map { Array($0.utf8) })
        return FuzzTarget(name: name, words: words, generate: { mutator.next(&$0) }, check: check)
    }

    package static let all: [FuzzTarget] = [
        json, yaml, labelSelector, kubeconfig, smallTexts, jsonPatch, mergePatch, strategicMergePatch, serverSideApply,
        cel, celRule, modelReply, providerReply, protobuf, fieldSelector, resourcePath, redaction, canonicalJSON,
        transcript, liveEvents, streamCommand, argumentReference, cronSchedule, alertNotification,
        helmYAML, helmYAMLWriter, helmValues, helmSet, helmRegex, helmParser, helmChart, helmArchive, helmTar,
        helmRelease,
        mcpRequest, mcpReply, webForm, webAnswer, webDiff,
    ]
}

package struct FuzzFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// - Throws: ``FuzzFailure`` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw FuzzFailure(description: message()) }
}
