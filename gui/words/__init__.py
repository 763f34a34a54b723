"""What the window says, by the page that says it. Sentences in English; Qt's tools carry them to other languages."""
