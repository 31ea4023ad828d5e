/// Words around namespaces, and words behind "in" that name none.
enum NamespaceWords {
    static let prepositions: Set<String> = [
        "in", "from", "within", "inside", "of", "for", "on", "across", "under", "to", "into", "at", "against",
    ]

    /// "use namespace shop".
    static let choosing: Set<String> = ["use", "using", "select", "choose", "set", "with", "via"]

    /// What "this namespace" and its like are called.
    static let own: Set<String> = ["current", "same", "own", "whole", "entire", "local", "present", "existing"]
    /// In "the other namespace" the namespace is not called "other".
    static let attributes: Set<String> = own.union([
        "other", "another", "new", "different", "wrong", "right", "correct", "specified", "given", "following",
        "respective", "appropriate", "relevant", "certain", "mentioned", "said", "usual", "proper",
    ])

    /// "in pending state", "in reverse order".
    static let classes: Set<String> = [
        "state", "states", "status", "phase", "condition", "mode", "order", "format", "form", "container", "version",
        "case", "time", "way", "shape", "replicas", "minutes", "seconds", "hours", "days", "lines",
    ]

    /// Never a name, unless in quotation marks.
    static let functions: Set<String> = [
        "a", "after", "also", "an", "and", "are", "as", "at", "be", "because", "before", "but", "by", "can", "could",
        "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "itself",
        "me", "must", "my", "not", "now", "of", "on", "or", "our", "please", "pls", "should", "so", "than", "thanks",
        "that", "the", "their", "then", "there", "these", "they", "this", "those", "to", "too", "until", "was", "we",
        "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "without", "would", "you",
        "your",
    ]

    private static let idioms: Set<String> = [
        "addition", "advance", "back", "background", "batches", "between", "brackets", "bulk", "case", "charge",
        "cluster", "clusters", "comparison", "container", "containers", "crashloop", "crashloopbackoff", "danger",
        "days", "depth", "detail", "details", "doubt", "effect", "english", "error", "errors", "existence", "fact",
        "fashion", "flight", "foreground", "front", "full", "future", "general", "german", "half", "health", "here",
        "hour", "hours", "hurry", "image", "images", "json", "k8s", "kubernetes", "line", "lines", "log", "logs",
        "list", "markdown", "meantime", "meanwhile", "memory", "mind", "minute", "minutes", "moment", "month",
        "months", "need", "order", "parallel", "part", "particular", "past", "pending", "place", "plain", "practice",
        "principle", "process", "progress", "question", "reality", "reverse", "running", "second", "seconds",
        "sequence", "series", "service", "short", "shape", "state", "step", "steps", "stock", "summary", "sync",
        "table",
        "tandem", "terms", "text", "theory", "time", "today", "total", "trouble", "turn", "use", "vain", "version",
        "week", "weeks", "wide", "words", "yaml", "year", "imagepullbackoff", "errimagepull", "oomkilled", "one", "two",
    ]

    /// A phrase, a number, a time ("in 10m"), or a version.
    static func isIdiom(_ word: String) -> Bool {
        word.isEmpty || functions.contains(word) || idioms.contains(word) || Vocabulary.numbers[word] != nil
            || word.first?.isNumber == true && (word.contains(".") || "smhd".contains(word.last ?? " "))
    }
}
