// Lance's Rust core warns on stderr of things that are as they should be ("no existing dataset, it will be created").
// It reads this variable when its library is loaded, so this file is imported before it.
process.env["LANCEDB_LOG"] ??= "error";
